"""The process as an operator meets it: flags, health, metrics, its end."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from live_api import ControllerProcess, LiveApi, Start

from canarytui import __version__
from canarytui.cli import controller as command
from canarytui.cluster.resources import CANARIES
from canarytui.cluster.store import ObjectStore
from canarytui.engine.runtime import meters
from canarytui.engine.runtime.health import problem
from canarytui.engine.runtime.meters import Meters
from canarytui.errors import UsageError


async def page(controller: ControllerProcess, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{controller.port}{path}") as answer,
    ):
        return answer.status, await answer.text()


def parsed(*arguments: str) -> Any:
    return command._settings(command.parser().parse_args(arguments))


def test_flags_reach_the_core() -> None:
    settings = parsed(
        "-mesh-provider=nginx", "--ingress-class", "public", "-ingress-annotations-prefix=custom.io", "-strict-flagger",
        "-selector-labels=app, tier", "-include-label-prefix=*", "-no-cross-namespace-refs=true",
        "-enable-config-tracking=false",
    )  # fmt: skip
    assert (settings.mesh_provider, settings.ingress_class, settings.ingress_annotations_prefix) == (
        "nginx", "public", "custom.io",
    )  # fmt: skip
    assert settings.selector_labels == ("app", "tier")
    assert settings.include_label_prefixes == ("*",)
    assert (settings.strict, settings.config_tracking, settings.no_cross_namespace_refs) == (True, False, True)
    assert settings.interval_floor_s == 10
    usual = parsed()
    assert (usual.strict, usual.config_tracking, usual.no_cross_namespace_refs) == (False, True, False)
    assert (usual.ingress_class, usual.ingress_annotations_prefix) == ("", "nginx.ingress.kubernetes.io")


@pytest.mark.parametrize("text", ["1", "t", "TRUE", "true"])
def test_switches_are_written_as_go_programs_take_them(text: str) -> None:
    options = command.parser().parse_args([f"-enable-leader-election={text}", "-enable-config-tracking=F"])
    assert options.enable_leader_election
    assert not options.enable_config_tracking
    assert command.parser().parse_args(["-enable-leader-election", "-namespace", "x"]).enable_leader_election


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["-master=https://1.2.3.4"], "-master"),
        (["-kubeconfig-service-mesh=/tmp/x"], "-kubeconfig-service-mesh"),
        (["-threadiness=0"], "-threadiness"),
        (["-leader-election-lease-duration=3s"], "lease > renew"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        command.run(arguments)


@pytest.mark.parametrize("arguments", [["-control-loop-interval=soon"], ["-control-loop-interval=0s"], ["-port=x"]])
def test_values_that_are_none_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.run(arguments)
    assert ended.value.code == 2
    assert arguments[0].partition("=")[0] in capsys.readouterr().err


def test_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.run(["-version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"canarytui {__version__}\n"


def test_health_is_lost_with_a_watch_that_is_long_down_and_with_lateness() -> None:
    store = ObjectStore(CANARIES)
    store.synced = True
    assert problem([store], 0.0) == ""
    down = datetime(2026, 1, 1, tzinfo=UTC)
    store.stale_since, store.error = down, "connection refused"
    assert problem([store], 0.0, down + timedelta(seconds=170)) == ""
    assert problem([store], 0.0, down + timedelta(seconds=200)) == (
        "the watch on canaries.flagger.app has been down for 200 s: connection refused"
    )
    store.synced = False
    assert problem([store], 0.0, down + timedelta(days=1)) == "", "its canaries have been told"
    assert "raise -threadiness" in problem([], 121.0)


def test_meters_are_told_in_prometheus_format_and_go_with_their_canary() -> None:
    told = Meters()
    labels = {"name": "podinfo", "namespace": "test"}
    told.set("flagger_canary_status", 2.0, labels)
    told.set("flagger_canary_weight", 95, {"workload": "podinfo-primary", "namespace": "test"})
    told.set("flagger_canary_weight", 5, {"workload": "podinfo", "namespace": "other"})
    told.add("flagger_canary_successes_total", 1, {**labels, "deployment_strategy": 'a"b', "analysis_status": "x"})
    told.observe(meters.DURATION, 0.3, labels)
    told.observe(meters.DURATION, 70, labels)
    text = told.exposition().decode()
    assert 'flagger_canary_status{name="podinfo",namespace="test"} 2.0\n' in text
    assert r'deployment_strategy="a\"b"' in text
    assert 'flagger_canary_duration_seconds_bucket{le="0.25",name="podinfo",namespace="test"} 0.0\n' in text
    assert 'flagger_canary_duration_seconds_bucket{le="0.5",name="podinfo",namespace="test"} 1.0\n' in text
    assert 'flagger_canary_duration_seconds_bucket{le="+Inf",name="podinfo",namespace="test"} 2.0\n' in text
    assert 'flagger_canary_duration_seconds_sum{name="podinfo",namespace="test"} 70.3\n' in text
    told.set_all("flagger_canary_total", "namespace", {"test": 2, "other": 1})
    told.set_all("flagger_canary_total", "namespace", {"other": 1})
    told.forget("test", "podinfo")
    assert [line for line in told.exposition().decode().splitlines() if not line.startswith("#")] == [
        'flagger_canary_weight{namespace="other",workload="podinfo"} 5.0',
        'flagger_canary_total{namespace="other"} 1.0',
    ]


@pytest.mark.e2e
async def test_serves_health_and_flaggers_metrics(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    api.canary()
    one = await start_controller("one", "-zap-encoding=console", "-zap-replace-globals", "-mesh-provider=traefik")
    await api.until("it acts", lambda: api.events())
    assert await page(one, "/healthz") == (200, "OK")
    status, text = await page(one, "/metrics")
    assert status == 200
    assert f'flagger_info{{mesh_provider="traefik",version="{__version__}"}} 1.0\n' in text
    assert 'flagger_canary_total{namespace="test"} 1.0\n' in text
    assert "canarytui_tick_lateness_seconds_count " in text
    assert "-zap-encoding is accepted and has no effect" in one.messages()
    assert "-zap-replace-globals is accepted and has no effect" in one.messages()
    one.process.send_signal(signal.SIGTERM)
    assert await one.ended() == 0
    assert {line["level"] for line in one.log} <= {"info", "warn", "error"}
    assert all({"ts", "caller", "msg"} <= set(line) for line in one.log)


@pytest.mark.e2e
async def test_ends_in_one_sentence_where_canaries_are_not_served(api: LiveApi, start_controller: Start) -> None:
    one = await start_controller("one")
    assert await one.ended() == 1
    assert one.messages()[-1].startswith("canaries.flagger.app cannot be listed: ")


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("flags", "begin", "text"),
    [
        (
            (),
            "More than one canary has the target bad.test",
            ": other-twin, twin. They will undo each other's work: delete one.",
        ),
        (("-strict-flagger",), "Bad things will happen!", " Found more than one canary with the same target bad.test"),
    ],
)
async def test_an_invalid_canary_and_two_of_one_target_are_said_once(
    api: LiveApi, start_controller: Start, flags: tuple[str, ...], begin: str, text: str
) -> None:
    api.install_crds()
    bad = api.canary("bad")
    api.patch("canaries.flagger.app", "bad", {"spec": {"analysis": {"stepWeight": 2.5}}})
    twin = {**bad, "metadata": {"name": "twin", "namespace": "test"}}
    api.create("canaries.flagger.app", twin)
    other = {**twin, "metadata": {"name": "other-twin", "namespace": "test"}}
    api.create("canaries.flagger.app", other)
    one = await start_controller("one", "-control-loop-interval=1s", *flags)
    await api.until("it acts", lambda: len(api.writes_of("one")) > 6)
    said = [line for line in one.log if line["level"] == "error" and line.get("canary") == "bad.test"]
    assert [("stepWeight" in line["msg"]) for line in said] == [True]
    assert [line for line in one.messages() if line.startswith(begin)] == [begin + text]
