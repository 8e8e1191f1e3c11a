"""Facts about objects that all rooms share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.warnings import collecting, warn
from canarytui.sandbox.values import timestamp


def test_times_are_in_utc_and_whole_seconds() -> None:
    moment = datetime(2026, 1, 1, 12, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))
    assert timestamp(moment) == "2026-01-01T10:30:15Z"
    assert objects.utc_now().tzinfo is UTC


def test_uids_and_generated_names_differ() -> None:
    assert len({objects.new_uid() for _ in range(20)}) == 20
    names = {objects.generated_name("x" * 80) for _ in range(20)}
    assert len(names) > 1
    assert {len(name) for name in names} == {63}


@pytest.mark.parametrize(
    ("path", "found"), [(("a", "b"), 1), (("a", "c"), None), (("a", "b", "c"), None), ((), {"a": {"b": 1}})]
)
def test_a_path_that_ends_early_leads_to_none(path: tuple[str, ...], found: object) -> None:
    assert objects.at({"a": {"b": 1}}, *path) == found


def test_version_and_ownership_are_no_change() -> None:
    obj = {"metadata": {"name": "a", "resourceVersion": "1", "managedFields": []}, "spec": {}}
    assert objects.without_volatile(obj) == {"metadata": {"name": "a"}, "spec": {}}
    assert obj["metadata"]["resourceVersion"] == "1"


def test_terminating_is_what_has_a_deletion_time() -> None:
    assert objects.is_terminating({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})
    assert not objects.is_terminating({"metadata": {}})


def test_encoding_is_compact_and_utf8() -> None:
    assert objects.encode({"ä": [1, 2]}) == '{"ä":[1,2]}'.encode()
    assert json.loads(objects.encode({"a": None})) == {"a": None}


def test_warnings_are_collected_once_and_only_inside() -> None:
    warn("before")
    with collecting() as outer:
        warn("one")
        with collecting() as inner:
            warn("two")
            warn("two")
        warn("one")
    assert (outer, inner) == (["one"], ["two"])
