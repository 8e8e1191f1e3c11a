"""Leader election with real processes: one acts, another takes over, nobody acts without the Lease."""

from __future__ import annotations

import asyncio
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from live_api import LiveApi, Start

from canarytui.cluster.client import ClusterTarget, connect
from canarytui.engine.runtime.leader import LEASE, Fence, Leadership, Terms
from canarytui.engine.runtime.logs import JsonLog

LEASE_S, RENEW_S, RETRY_S = 4, 2, 1
ELECTION = (
    "-enable-leader-election",
    "-leader-election-namespace=test",
    f"-leader-election-lease-duration={LEASE_S}s",
    f"-leader-election-renew-deadline={RENEW_S}s",
    f"-leader-election-retry-period={RETRY_S}s",
)


def holder(api: LiveApi) -> str:
    lease = api.find("leases.coordination.k8s.io", LEASE)
    return str((lease or {"spec": {}})["spec"].get("holderIdentity") or "")


def acts(api: LiveApi, who: str) -> list[str]:
    """What a controller changed; Events only tell of what it did before."""
    return [f"{each.method} {each.path}" for each in api.writes_of(who) if "/events" not in each.path]


@pytest.mark.e2e
async def test_exactly_one_acts_and_the_end_of_one_hands_over_at_once(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    first = await start_controller("one", *ELECTION)
    await api.until("one leads", lambda: holder(api))
    second = await start_controller("two", *ELECTION)
    await api.until("two stands for election", lambda: "attempting to acquire" in " ".join(second.messages()))
    api.canary(suspend=False)
    await api.until("one has written Events", lambda: len(api.writes_of("one")) > 8)
    assert api.writes_of("two") == []
    one = holder(api)

    first.process.send_signal(signal.SIGTERM)
    assert await first.ended() == 0
    ended_at = time.monotonic()
    assert holder(api) != one
    await api.until("two leads", lambda: holder(api))
    await api.until("two acts", lambda: api.writes_of("two"))
    # A follower looks every retry period; had the Lease not been given back, it would have waited for its whole length.
    taken = next(each.at for each in api.asked if each.who == "two" and each.method == "PUT" and "leases" in each.path)
    renewed = max(each.at for each in api.asked if each.who == "one" and each.method == "PUT" and "leases" in each.path)
    assert taken - renewed < LEASE_S - 1
    assert max(each.at for each in api.writes_of("one")) < ended_at
    transitions = (api.find("leases.coordination.k8s.io", LEASE) or {})["spec"]["leaseTransitions"]
    assert transitions >= 1
    assert "released lease test/canarytui-leader-election" in first.messages()


@pytest.mark.e2e
async def test_one_that_is_killed_is_followed_when_its_lease_has_run_out(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    first = await start_controller("one", *ELECTION)
    await api.until("one leads", lambda: holder(api))
    second = await start_controller("two", *ELECTION)
    await api.until("two stands for election", lambda: "attempting to acquire" in " ".join(second.messages()))
    api.canary()
    await api.until("one acts", lambda: api.writes_of("one"))
    first.process.kill()
    assert await first.ended() == -signal.SIGKILL
    await api.until("two acts", lambda: api.writes_of("two"))
    renewed = max(each.at for each in api.asked if each.who == "one" and "leases" in each.path)
    assert min(each.at for each in api.writes_of("two")) - renewed >= LEASE_S - RETRY_S


@pytest.mark.e2e
async def test_one_that_was_frozen_writes_nothing_when_it_wakes(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    first = await start_controller("one", *ELECTION)
    await api.until("one leads", lambda: holder(api))
    second = await start_controller("two", *ELECTION)
    await api.until("two stands for election", lambda: "attempting to acquire" in " ".join(second.messages()))
    api.canary()
    await api.until("one acts", lambda: len(api.writes_of("one")) > 4)
    first.process.send_signal(signal.SIGSTOP)
    await api.until("two acts", lambda: len(api.writes_of("two")) > 2)
    frozen = acts(api, "one")
    first.process.send_signal(signal.SIGCONT)
    assert await first.ended() == 1
    assert acts(api, "one") == frozen
    assert "could not be renewed within 2 s" in first.messages()[-1]
    assert holder(api)


@pytest.mark.e2e
async def test_one_that_cannot_renew_ends_with_code_1_and_acts_no_more(api: LiveApi, start_controller: Start) -> None:
    api.install_crds()
    first = await start_controller("one", *ELECTION)
    api.canary()
    await api.until("one acts", lambda: api.writes_of("one"))
    api.silent.set()
    assert await first.ended() == 1
    assert "another controller may act now" in first.messages()[-1]
    assert first.log[-1]["level"] == "error"


async def test_the_lease_says_who_since_when_in_utc_and_for_how_long(api: LiveApi) -> None:
    cluster = await api.connect()
    leadership = Leadership(cluster, Terms("test"), "canarytui_me", JsonLog("error"))
    running = asyncio.create_task(leadership.run())
    await asyncio.wait_for(leadership.acquired.wait(), 10)
    lease = api.find("leases.coordination.k8s.io", "canarytui-leader-election")
    assert lease is not None
    spec = lease["spec"]
    assert (spec["holderIdentity"], spec["leaseDurationSeconds"]) == ("canarytui_me", 60)
    age = datetime.now(UTC) - datetime.fromisoformat(spec["renewTime"].replace("Z", "+00:00"))
    assert timedelta(0) <= age < timedelta(seconds=60)
    assert leadership.fence.is_open
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await leadership.release()
    assert not leadership.fence.is_open
    assert (api.find("leases.coordination.k8s.io", "canarytui-leader-election") or {})["spec"]["holderIdentity"] == ""
    await cluster.close()


async def test_a_lease_that_may_not_be_read_is_said_once_and_tried_again(
    api: LiveApi, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = await api.connect()
    api.silent.set()
    leadership = Leadership(cluster, Terms("test", 4, 2, 1), "canarytui_me", JsonLog("error"))
    running = asyncio.create_task(leadership.run())
    await asyncio.sleep(1.5)
    assert not leadership.acquired.is_set()
    api.silent.clear()
    await asyncio.wait_for(leadership.acquired.wait(), 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await cluster.close()
    lines = [line for line in capsys.readouterr().err.splitlines() if "cannot be read" in line]
    assert len(lines) == 1


async def test_a_candidate_without_credentials_says_so_and_stands_again(
    api: LiveApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exec_ = {"apiVersion": "client.authentication.k8s.io/v1", "command": "false", "interactiveMode": "Never"}
    config = yaml.safe_load(api.kubeconfig("one").read_text())
    config["users"][0]["user"] = {"exec": exec_}
    (tmp_path / "plugin").write_text(yaml.safe_dump(config))
    cluster = await connect(ClusterTarget(kubeconfig=str(tmp_path / "plugin")))
    running = asyncio.create_task(Leadership(cluster, Terms("test", 4, 2, 1), "me", JsonLog("error")).run())
    said = ""
    async with asyncio.timeout(10):
        while "failed with exit code 1" not in said:
            await asyncio.sleep(0.05)
            said += capsys.readouterr().err
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await cluster.close()


def test_the_fence_is_open_for_less_than_the_lease_counted_from_before_the_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(Fence, "now", staticmethod(lambda: clock[0]))
    fence = Leadership(None, Terms("test"), "me", JsonLog("error")).fence  # type: ignore[arg-type]
    assert not fence.is_open
    fence.renewed(asked_at=98.0)
    clock[0] = 98 + 37.4
    assert fence.is_open
    clock[0] = 98 + 37.6
    assert not fence.is_open, "requests last 10 s at most, and the Lease 60 s"
