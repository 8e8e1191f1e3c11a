"""A temporary write is put back when its time has come, and only while it is still ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from live_api import LiveApi
from replacing import replace

from canarytui.actions.reverts import Restorer, RevertOutcome
from canarytui.cluster.client import Cluster
from canarytui.cluster.pending_reverts import PendingRevert, PendingReverts
from canarytui.cluster.resources import CANARIES
from canarytui.domain.plan import Intent, Plan, Temporary
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MERGE = "application/merge-patch+json"


class Rig:
    """A restorer, and the canary that it writes to."""

    def __init__(self, api: LiveApi, cluster: Cluster, folder: Path) -> None:
        self.api, self.cluster, self.folder = api, cluster, folder
        self.restorer = Restorer(cluster, PendingReverts(folder))

    @property
    def canary(self) -> dict[str, Any]:
        found = self.api.find("canaries.flagger.app", "podinfo")
        assert found is not None
        return found

    @property
    def situation(self) -> Situation:
        return Situation(Canary.parse(self.canary), NOW, 10.0)

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.json"))

    async def pause(self, *, due: datetime | None = None) -> PendingRevert:
        """Note and write ``spec.suspend: true``, until the rollout has failed or it is due."""
        generation = self.canary["metadata"]["generation"] + 1
        temporary = Temporary("suspend", True, None, frozenset({"Failed"}), generation, due)
        record = self.restorer.begin(Plan(Intent.PAUSE, "Pause", temporary=temporary), self.situation, "1a2b")
        assert record is not None
        await self.patch(record.manager, {"spec": {"suspend": True}})
        assert self.canary["metadata"]["generation"] == generation
        return record

    async def patch(self, manager: str, body: dict[str, Any], subresource: str = "") -> None:
        path = CANARIES.path("test", "podinfo") + subresource
        await self.cluster.request("PATCH", path, query={"fieldManager": manager}, body=body, content_type=MERGE)


@pytest.fixture
def rig(live_api: LiveApi, cluster: Cluster, tmp_path: Path) -> Rig:
    return Rig(live_api, cluster, tmp_path / "journal")


async def test_it_is_on_the_disk_before_it_is_written_and_gone_when_it_is_put_back(rig: Rig) -> None:
    record = await rig.pause()
    assert rig.files == ["1a2b.json"]
    done = await rig.restorer.put_back(record, withdraw=True)
    assert (done.ending, rig.restorer.held, rig.files) == (RevertOutcome.PUT_BACK, [], [])
    assert "suspend" not in rig.canary["spec"]
    assert "test/podinfo: spec.suspend put back to absent (Pause)" in done.text


async def test_it_stays_until_its_phase_or_its_time(rig: Rig) -> None:
    record = await rig.pause()
    assert (await rig.restorer.put_back(record)).ending is RevertOutcome.LATER
    assert rig.canary["spec"]["suspend"] is True
    await rig.patch("flagger", {"status": {"phase": "Failed"}}, "/status")
    assert (await rig.restorer.put_back(record)).ending is RevertOutcome.PUT_BACK


async def test_when_it_is_due_is_known_from_what_is_seen(rig: Rig) -> None:
    due = NOW + timedelta(minutes=1)
    record = await rig.pause(due=due)
    assert not rig.restorer.is_due(record, rig.situation, NOW)
    assert rig.restorer.is_due(record, rig.situation, due)
    assert rig.restorer.is_due(record, None, NOW), "a canary that is not seen is looked at"
    await rig.restorer.put_back(record)
    assert not rig.restorer.is_due(record, None, NOW), "now and then only"


async def test_what_somebody_else_has_set_since_is_left(rig: Rig) -> None:
    record = await rig.pause()
    await rig.patch("kubectl", {"spec": {"suspend": None}})
    await rig.patch("kubectl", {"spec": {"suspend": True}})
    done = await rig.restorer.put_back(record, withdraw=True)
    assert (done.ending, rig.files) == (RevertOutcome.NOT_OURS, [])
    assert "kubectl" in done.text
    assert rig.canary["spec"]["suspend"] is True


async def test_another_value_or_another_canary_is_nothing_to_put_back(rig: Rig) -> None:
    record = await rig.pause()
    other = replace(record, uid="another")
    assert (await rig.restorer.put_back(other, withdraw=True)).ending is RevertOutcome.NOTHING
    await rig.patch("kubectl", {"spec": {"suspend": False}})
    assert (await rig.restorer.put_back(record, withdraw=True)).ending is RevertOutcome.NOTHING
    gone = replace(record, name="gone")
    assert (await rig.restorer.put_back(gone, withdraw=True)).ending is RevertOutcome.NOTHING
    assert rig.canary["spec"]["suspend"] is False


async def test_what_was_left_behind_is_taken_over(rig: Rig) -> None:
    record = await rig.pause()
    heir = Restorer(rig.cluster, PendingReverts(rig.folder))
    assert heir.adopt() == []
    rig.restorer.close()
    assert heir.adopt() == [record] == heir.held
    assert (await heir.put_back(record, withdraw=True)).ending is RevertOutcome.PUT_BACK
    assert "suspend" not in rig.canary["spec"]


async def test_where_it_may_not_be_put_back_it_says_so_and_stays_held(
    rig: Rig, readers: Cluster, live_api: LiveApi
) -> None:
    record = await rig.pause()
    rules = [{"apiGroups": ["flagger.app"], "resources": ["canaries"], "verbs": ["get"]}]
    live_api.patch("roles.rbac.authorization.k8s.io", "reader", {"rules": rules})
    rig.restorer.close()
    restorer = Restorer(readers, PendingReverts(rig.folder))
    restorer.adopt()
    done = await restorer.put_back(record, withdraw=True)
    assert (done.ending, restorer.held) == (RevertOutcome.LATER, [record])
    assert "cannot be put back" in done.text
