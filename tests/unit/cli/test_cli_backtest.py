"""``canarytui backtest``: from the timeline on disk, the ReplicaSets and a Prometheus to a table, advice and JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hostile_api import HostileApi, kubeconfig, serving
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from canarytui.cli.main import main
from canarytui.console.demo_fixture import canary_object, deployment_object
from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.session.timeline_file import TimelineFile, history_path

TICK = timedelta(seconds=10)
NOW = datetime.now(UTC).replace(microsecond=0)
GOOD, ROLLED_BACK, SNEAKY, UNKNOWN = (NOW - timedelta(days=days) for days in (4, 3, 2, 1))
STEPS = 10
"""Of 5 up to maxWeight 50."""
LASTS = {GOOD: STEPS + 2, ROLLED_BACK: 4, SNEAKY: STEPS + 2, UNKNOWN: STEPS + 2}
SUCCESS = {GOOD: 99.7, ROLLED_BACK: 91.0, SNEAKY: 99.2, UNKNOWN: 99.9}
DURATION_MS = {GOOD: 200, ROLLED_BACK: 200, SNEAKY: 450, UNKNOWN: 250}


def facts(began: datetime, *, rolled_back: bool) -> Iterator[Fact]:
    said = [(0, "New revision detected! Scaling up cart.shop"), (1, "Starting canary analysis for cart.shop")]
    if rolled_back:
        said += [(1, "Advance cart.shop canary weight 5")]
        said += [(tick, "Halt cart.shop advancement success rate 91.00% < 99%") for tick in (2, 3)]
        said += [
            (4, "Rolling back cart.shop failed checks threshold reached 2"),
            (4, "Canary failed! Scaling down cart.shop"),
        ]
    else:
        said += [(step, f"Advance cart.shop canary weight {5 * step}") for step in range(1, STEPS + 1)]
        said += [(STEPS + 1, "Copying cart.shop template spec to cart-primary.shop")]
        said += [(STEPS + 3, "Promotion completed! Scaling down cart.shop")]
    for number, (tick, message) in enumerate(said):
        text, marks = saying(message)
        yield Fact(began + tick * TICK, "shop", "cart", FactSource.LOG, text, False, marks, f"{began} {number}")


def replicaset(at: datetime, tag: str) -> dict[str, Any]:
    owner = {"kind": "Deployment", "name": "cart", "controller": True}
    metadata = {"namespace": "shop", "name": f"cart-{tag.replace('.', '')}a", "ownerReferences": [owner]}
    metadata["creationTimestamp"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"metadata": metadata, "spec": {"template": {"spec": {"containers": [{"image": f"r.io/shop/cart:{tag}"}]}}}}


@pytest.fixture(scope="module")
def api() -> Iterator[HostileApi]:
    with serving(spoilt=0) as served:
        served._items["canaries"] = [canary_object("shop", "cart", "Succeeded", threshold=2)]
        images = {"cart": "cart:4.0.4", "cart-primary": "cart:4.0.4"}
        served._items["deployments"] = [deployment_object("shop", name, image, 2, 2) for name, image in images.items()]
        served._items["events"] = []
        made = zip((NOW - timedelta(days=9), GOOD, ROLLED_BACK, SNEAKY, UNKNOWN), range(5), strict=True)
        served._items["replicasets"] = [replicaset(at - TICK, f"4.0.{number}") for at, number in made]
        yield served


@pytest.fixture
def prometheus(httpserver: HTTPServer) -> str:
    """Has values while a canary gets traffic: from the tick after the first step on."""

    def answer(request: Request) -> Response:
        asked = request.args
        values: Mapping[datetime, float] = SUCCESS
        if "histogram_quantile" in asked["query"]:
            values = DURATION_MS
        points = []
        at_s, step_s = float(asked["start"]), float(asked["step"])
        while at_s <= float(asked["end"]):
            for began, value in values.items():
                first = began + 2 * TICK
                if first.timestamp() - 1 <= at_s <= (began + LASTS[began] * TICK).timestamp() - 9:
                    points.append([at_s, str(value)])
            at_s += step_s
        result = [{"metric": {}, "values": points}] if points else []
        return Response(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}))

    httpserver.expect_request("/api/v1/query_range").respond_with_handler(answer)
    return httpserver.url_for("").rstrip("/")


@pytest.fixture(autouse=True)
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: HostileApi) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "kube").write_text(kubeconfig(api.port))
    kept = TimelineFile(history_path("kind", f"http://127.0.0.1:{api.port}"))
    for began in (GOOD, ROLLED_BACK, SNEAKY):
        assert kept.write(facts(began, rolled_back=began is ROLLED_BACK))


def run(tmp_path: Path, *arguments: str) -> int:
    return main(["backtest", *arguments, "--kubeconfig", str(tmp_path / "kube")])


def test_other_thresholds_stop_the_bad_rollout_that_was_promoted(
    tmp_path: Path, prometheus: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--prometheus", prometheus, "--threshold", "request-duration=400", "--bad", "4.0.3")
    assert run(tmp_path, "shop/cart", *options) == 0
    said = capsys.readouterr()
    assert said.err == "", "no progress where nobody looks at a terminal"
    lines = said.out.splitlines()
    assert lines[0].split() == ["STARTED", "REVISION", "HAPPENED", "WOULD", "BE", "DECIDED", "CHECK", "FROM", "NOTE"]
    happened = {tag: next(line for line in lines if tag in line) for tag in ("4.0.1", "4.0.2", "4.0.3", "4.0.4")}
    for tag, words in {
        "4.0.1": ("promoted   promoted", "history"),
        "4.0.2": ("rolled back   rolled back   check 3", "request-success-rate 91 (≥ 99)"),
        "4.0.3": (
            "promoted      rolled back   check 3",
            "request-duration 450 (≤ 400)",
        ),
        "4.0.4": ("unknown", "promoted", "ReplicaSet"),
    }.items():
        for word in words:
            assert " ".join(word.split()) in " ".join(happened[tag].split()), tag
    assert "Bad rollouts stopped: 2 of 2." in lines
    assert "Good rollouts rolled back: 0 of 1." in lines
    assert "With the present thresholds the replay ends as the rollout did in 3 of 3." in lines
    assert any(line.startswith("  request-success-rate: at ≥ 99.7, 0 of 1 good") for line in lines)
    assert any("lowest threshold" in line for line in lines), "a plot for each check"


def test_a_check_that_never_has_a_value_hides_nothing(
    tmp_path: Path, prometheus: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "DURATION_MS", {})
    assert run(tmp_path, "shop/cart", "--prometheus", prometheus, "-o", "json") == 0
    told = json.loads(capsys.readouterr().out)
    reason = "it has no value in any of these rollouts"
    assert told["leftOut"] == [{"check": "request-duration", "reason": reason}]
    ends = [each["wouldBe"]["outcome"] for each in told["rollouts"]]
    assert ends == ["promoted", "rolled back", "promoted", "promoted"]


def test_json_has_all_of_it(tmp_path: Path, prometheus: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "shop/cart", "--prometheus", prometheus, "-o", "json", "--since", "60h") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["revision"] for each in told["rollouts"]] == ["4.0.3 403a", "4.0.4 404a"]
    first = told["rollouts"][0]
    assert (first["happened"], first["wouldBe"]["outcome"], first["agrees"]) == ("promoted", "promoted", True)
    assert first["wouldBe"] == first["present"] == {
        "outcome": "promoted", "tick": STEPS, "failedChecks": 0, "weight": 50, "iterations": 0
    }  # fmt: skip
    assert {each["check"] for each in told["advice"]} == {"request-success-rate", "request-duration"}


def test_a_file_is_tried_on_a_window_without_an_api_server(
    tmp_path: Path, prometheus: str, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = canary_object("shop", "cart", "", threshold=2)
    canary["spec"]["analysis"]["metrics"] = [
        {"name": "ours", "templateRef": {"name": "rate"}, "thresholdRange": {"min": 99.5}, "interval": "1m"}
    ]
    shadow = (
        "[{name: tried, query: x, thresholdRange: {min: 99.5}}, {name: other, query: x, thresholdRange: {min: 90}}]"
    )
    canary["metadata"]["annotations"] = {"canarytui.io/shadow-checks": shadow}
    template = {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "MetricTemplate",
        "metadata": {"name": "rate", "namespace": "shop"},
    }
    template["spec"] = {"provider": {"type": "prometheus", "address": "http://nowhere"}, "query": "x{{ target }}"}
    (tmp_path / "cart.yaml").write_text(yaml.safe_dump_all([canary, template]))
    (tmp_path / "kube").write_text(kubeconfig(9))
    window = ("--from", (NOW - timedelta(days=2, hours=1)).isoformat(), "--to", "20h")
    file = str(tmp_path / "cart.yaml")
    bad = ("--bad", SNEAKY.isoformat()[:10])
    assert run(tmp_path, file, "--prometheus", prometheus, *window, *bad, "-o", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["wouldBe"]["outcome"] for each in told["rollouts"]] == ["rolled back", "promoted"]
    assert [each["source"] for each in told["rollouts"]] == ["window", "window"]
    good = {"known": 0, "rolledBack": 0}
    by_rollout = [each.pop("rollouts") for each in told["shadowChecks"]]
    assert told["shadowChecks"] == [
        {"check": "tried", "good": good, "bad": {"known": 1, "stopped": 1}},
        {"check": "other", "good": good, "bad": {"known": 1, "stopped": 0}},
    ]
    assert [[(each["alone"], each["worst"]) for each in check] for check in by_rollout] == [
        [("rolled back", 99.2), ("promoted", 99.9)],
        [("promoted", 99.2), ("promoted", 99.9)],
    ]
    for tried, other in zip(*by_rollout, strict=True):
        assert tried["values"] == other["values"] > 0
        assert tried["failed"] == (tried["values"] if tried["worst"] == 99.2 else 0)
        assert other["failed"] == 0
    assert run(tmp_path, file, "--prometheus", prometheus, *window, *bad, "--no-plot") == 0
    shown = capsys.readouterr().out
    assert re.search(r"  20\S+ \S+ .*unknown +rolled back +(\d+) of \1 values? +99.2 \(≥ 99.5\)", shown), shown
    looser = (*window, *bad, "--threshold", "tried=99", "-o", "json")
    assert run(tmp_path, file, "--prometheus", prometheus, *looser) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["bad"]["stopped"] for each in told["shadowChecks"]] == [0, 0], "a shadow check's, too"
    assert [each["wouldBe"]["outcome"] for each in told["rollouts"]] == ["rolled back", "promoted"]
    assert run(tmp_path, file, "--prometheus", prometheus) == 1
    assert "A file alone needs --prometheus and --from." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--threshold", "latency=5"),
            "names no check of this canary, which has request-success-rate, request-duration",
        ),
        (
            ("--threshold", "request-duration"),
            "request-duration has no threshold: write request-duration=97",
        ),
        (("--threshold", "request-duration=5..1"), "request-duration=5..1: the minimum is above the maximum"),
        (("--threshold", "request-duration=fast"), "names no number"),
        (("--threshold", "request-duration=.."), "names no number"),
        (("--since", "yesterday"), "--since 'yesterday' is no time"),
        (("--from", "2h", "--to", "3h"), "--to 3h is not after --from 2h"),
        (("--to", "3h"), "--to only works with --from"),
        (("--one-in", "0"), "--one-in '0' is no number from 1 up"),
        (("--from", "2020-01-01"), "choose a shorter window"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    tmp_path: Path, prometheus: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert run(tmp_path, "shop/cart", "--prometheus", prometheus, *arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_nothing_known_and_nothing_measured(
    tmp_path: Path, httpserver: HTTPServer, prometheus: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "shop/cart", "--prometheus", prometheus, "--since", "1h") == 1
    assert "No rollout of shop/cart since" in capsys.readouterr().err
    httpserver.clear()
    assert run(tmp_path, "shop/cart", "--prometheus", prometheus, "--no-plot") == 0
    told = capsys.readouterr().out
    assert told.count("prometheus: HTTP Status Code 500") == 4, "each rollout says why it is not judged"
    assert "Not judged: 4 (see NOTE)." in told
