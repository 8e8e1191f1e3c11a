"""Who wrote the status, and since when a canary is paused, is read before stores drop the managed fields."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from canarytui.console.demo_fixture import NOW, canary_object
from canarytui.session.field_managers import FieldManagers

KEY = ("shop", "cart")
WRITTEN = NOW - timedelta(minutes=5)


def paused(at: datetime | None = None) -> dict[str, Any]:
    obj = canary_object(*KEY, "Progressing", suspend=True)
    obj["metadata"]["managedFields"] = []
    if at is not None:
        fields = {"f:spec": {"f:suspend": {}}}
        obj["metadata"]["managedFields"] = [{"manager": "kubectl", "time": at.isoformat(), "fieldsV1": fields}]
    return obj


def test_a_pause_begins_when_its_owner_wrote_else_when_it_was_first_seen() -> None:
    times = [NOW]
    managers = FieldManagers(lambda: times[-1])
    managers.arrives(paused(WRITTEN))
    assert managers.paused_since(KEY) == WRITTEN
    managers.arrives(canary_object(*KEY, "Progressing"))
    assert managers.paused_since(KEY) is None
    managers.arrives(paused())
    times.append(NOW + timedelta(seconds=30))
    managers.arrives(paused())
    assert managers.paused_since(KEY) == NOW


def test_the_statuss_manager_is_kept_until_the_canary_is_forgotten() -> None:
    managers = FieldManagers(lambda: NOW)
    obj = paused(WRITTEN)
    status = {"manager": "flagger", "subresource": "status", "time": "2026-11-23T14:00:00Z", "operation": "Update"}
    obj["metadata"]["managedFields"].append({**status, "fieldsV1": {"f:status": {"f:phase": {}}}})
    managers.arrives(obj)
    assert managers.of_status(KEY) == "flagger"
    managers.forget(KEY)
    assert (managers.of_status(KEY), managers.paused_since(KEY)) == ("", None)
