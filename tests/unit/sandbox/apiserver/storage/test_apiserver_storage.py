"""Records, their history, and what selects them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.storage.field_selectors import parse_fields
from canarytui.sandbox.apiserver.storage.label_selectors import parse_labels
from canarytui.sandbox.apiserver.storage.sqlite import DataFileError, SqliteStorage
from canarytui.sandbox.apiserver.storage.store import MemoryStorage, RecordStore, StoredRecord
from canarytui.sandbox.apiserver.storage.views import ResourceView, builtin_view
from canarytui.sandbox.apiserver.storage.watch import Watch, WatchFilter, parse_version
from canarytui.sandbox.apiserver.types.kinds.events import NEW_EVENT
from canarytui.sandbox.apiserver.types.registry import Registry

KEY = ("", "configmaps")
CONFIG = Registry().find(*KEY)


def obj(name: str, namespace: str = "a", **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "metadata": {"name": name, "namespace": namespace, "labels": labels}}


def names(records: list[StoredRecord]) -> list[str]:
    return [f"{record.namespace}/{record.name}" for record in records]


def test_records_are_ordered_and_versioned() -> None:
    store = RecordStore()
    first = store.write(KEY, obj("b"), None)
    store.write(KEY, obj("a", "z"), None)
    store.write(KEY, obj("a"), None)
    assert names(store.records(KEY)) == ["a/a", "a/b", "z/a"]
    assert names(store.records(KEY, "a")) == ["a/a", "a/b"]
    assert (first.obj["metadata"]["resourceVersion"], json.loads(first.data)) == (str(first.revision), first.obj)
    assert store.get(KEY, "a", "b") is first
    assert [(key, record.name) for key, record in store.everything()] == [(KEY, "a"), (KEY, "b"), (KEY, "a")]


def test_the_past_can_be_read_until_it_is_forgotten() -> None:
    store = RecordStore(history_limit=3)
    first = store.write(KEY, obj("a"), None)
    begin = store.revision
    store.write(KEY, obj("a", x="y"), first)
    removed = store.remove(KEY, store.records(KEY)[0])
    assert store.records(KEY) == []
    (before,) = store.records_at(KEY, begin)
    assert before is first
    assert [change.type for change in store.log(KEY).since(begin)] == ["MODIFIED", "DELETED"]
    assert removed.revision == store.revision
    for _ in range(3):
        store.write(KEY, obj("b"), None)
    with pytest.raises(StatusError, match="too old resource version") as expired:
        store.records_at(KEY, begin)
    assert expired.value.code == 410
    latest = store.revision
    assert len(store.log(KEY).since(latest - 1)) == 1
    store.log(KEY).compact(latest)
    assert store.log(KEY).since(latest) == []
    with pytest.raises(StatusError):
        store.log(KEY).since(latest - 1)


def test_who_follows_a_log_hears_of_changes_until_he_stops() -> None:
    store, heard = RecordStore(), []
    stop = store.log(KEY).follow(lambda change: heard.append(change.type))
    store.write(KEY, obj("a"), None)
    stop()
    store.write(KEY, obj("b"), None)
    assert heard == ["ADDED"]


def test_memory_forgets_nothing_and_holds_nothing_open() -> None:
    storage = MemoryStorage()
    store = RecordStore(storage)
    store.write(KEY, obj("a"), None)
    assert (storage.keys(), storage.revision) == ([KEY], store.revision)
    store.close()


def test_a_file_brings_everything_back(tmp_path: Path) -> None:
    store = RecordStore(SqliteStorage(tmp_path / "objects"))
    kept = store.write(KEY, obj("a"), None)
    gone = store.write(KEY, obj("b"), None)
    store.remove(KEY, gone)
    revision = store.revision
    store.close()
    again = RecordStore(SqliteStorage(tmp_path / "objects"))
    assert (again.revision, names(again.records(KEY))) == (revision, ["a/a"])
    assert again.records(KEY)[0].obj == kept.obj
    with pytest.raises(StatusError):
        again.log(KEY).since(revision - 1)
    again.close()
    with pytest.raises(sqlite3.ProgrammingError):
        again.write(KEY, obj("c"), None)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, but long enough to have a header" * 9)
    with pytest.raises(DataFileError, match="cannot be used as the sandbox's data file"):
        SqliteStorage(tmp_path / "text")
    with sqlite3.connect(tmp_path / "newer") as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(DataFileError, match="layout 99, this version reads layout 1"):
        SqliteStorage(tmp_path / "newer")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", {"prod", "test", "none"}), ("env=prod", {"prod"}), ("env==prod", {"prod"}),
        ("env!=prod", {"test", "none"}),
        ("env in (prod, test)", {"prod", "test"}), ("env notin (prod)", {"test", "none"}), ("env", {"prod", "test"}),
        ("!env", {"none"}), ("size>2", {"prod"}), ("size<2", {"test"}), ("env,size>2", {"prod"}), ("env=", set()),
    ],
)  # fmt: skip
def test_label_selectors(text: str, selected: set[str]) -> None:
    labels = {"prod": {"env": "prod", "size": "3"}, "test": {"env": "test", "size": "1"}, "none": {}}
    selector = parse_labels(text)
    assert {name for name, given in labels.items() if selector.matches(given)} == selected
    assert bool(selector) == bool(text)


@pytest.mark.parametrize("text", ["a in b", "a=b c", "=", "a in (b", "a > x", "a b=c", "a,", "-a", "a=-"])
def test_what_is_no_label_selector(text: str) -> None:
    with pytest.raises(StatusError, match="unable to parse requirement") as refused:
        parse_labels(text)
    assert refused.value.code == 400


def test_field_selectors_compare_what_the_kind_s_record_names() -> None:
    pods = Registry().find("", "pods")
    pod = {"metadata": {"name": "p"}, "spec": {"nodeName": "n,1"}, "status": {"phase": "Running"}}
    assert parse_fields("status.phase=Running,spec.nodeName=n\\,1", pods).matches(pod)
    assert not parse_fields("metadata.name!=p", pods).matches(pod)
    assert parse_fields("spec.hostNetwork=false", pods).matches(pod)
    assert not parse_fields("", pods)
    events = Registry().get("events.k8s.io", "v1", "events")
    assert parse_fields("regarding.name=x", events).matches({"involvedObject": {"name": "x"}})
    assert parse_fields("spec.size=1", CONFIG, ("spec.size",)).matches({"spec": {"size": 1}})


@pytest.mark.parametrize(
    ("plural", "text", "why"),
    [
        ("pods", "spec.odd=1", "field label not supported: spec.odd"),
        ("configmaps", "data=1", '"data" is not a known field selector: only "metadata.name", "metadata.namespace"'),
        ("pods", "odd", "invalid selector: 'odd'; can't understand 'odd'"),
    ],
)
def test_fields_that_cannot_be_selected_by(plural: str, text: str, why: str) -> None:
    with pytest.raises(StatusError) as refused:
        parse_fields(text, Registry().find("", plural))
    assert (refused.value.code, refused.value.message) == (400, why)


def test_views_serve_one_record_in_several_shapes() -> None:
    record = RecordStore().write(("", "events"), {"apiVersion": "v1", "metadata": {"name": "e"}, "message": "m"}, None)
    (new,) = NEW_EVENT.resource_types()
    view = builtin_view(new, NEW_EVENT.conversions["v1"])
    assert view.serve(record)["note"] == "m"
    assert json.loads(view.serve_bytes(record)) == view.serve_copy(record) == view.serve(record)
    assert view.store({"metadata": {}, "note": "n"}) == {"apiVersion": "v1", "metadata": {}, "message": "n"}
    plain = builtin_view(CONFIG, None)
    assert plain.serve(record) is record.obj
    assert plain.serve_bytes(record) is record.data
    assert plain.serve_copy(record) == record.obj
    assert plain.serve_copy(record) is not record.obj


def watching(store: RecordStore, labels: str = "", **options: Any) -> Watch:
    chosen = WatchFilter("a", parse_labels(labels), parse_fields("", CONFIG))
    start: dict[str, Any] = {"resource_version": "", "send_initial_events": None, "bookmarks": False}
    return Watch(store, ResourceView(CONFIG, "v1"), chosen, buffer_limit=3).start(**start | options)


async def test_a_watch_sees_objects_come_into_and_leave_its_selection() -> None:
    store = RecordStore()
    present = store.write(KEY, obj("a", on="yes"), None)
    store.write(KEY, obj("a", "b", on="yes"), None)
    watch = watching(store, "on=yes")
    changed = store.write(KEY, obj("a", on="no"), present)
    store.write(KEY, obj("a", on="yes"), changed)
    seen = [(event.type, event.object["metadata"]["labels"]["on"]) for event in watch.take()]
    assert seen == [("ADDED", "yes"), ("DELETED", "yes"), ("ADDED", "yes")]
    watch.bookmark()
    event = await anext(watch)
    assert json.loads(event.raw)["object"]["metadata"] == {"resourceVersion": str(store.revision)}
    waiting = asyncio.ensure_future(watch.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    watch.close()
    await waiting
    with pytest.raises(StopAsyncIteration):
        await anext(watch)


async def test_a_watch_that_is_not_read_is_cut_off() -> None:
    store = RecordStore()
    watch = watching(store)
    for number in range(4):
        store.write(KEY, obj(f"c{number}"), None)
    assert (watch.cut, watch.ended, watch.take()) == (True, True, [])


def test_versions_of_a_watch() -> None:
    assert [parse_version(text) for text in ("", "0", "12")] == [0, 0, 12]
    for text in ("x", "-1", "²"):
        with pytest.raises(StatusError, match=r"strconv\.ParseUint"):
            parse_version(text)
    with pytest.raises(StatusError, match="Too large resource version"):
        watching(RecordStore(), resource_version="99")
