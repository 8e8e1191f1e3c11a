"""``canarytui get``: the table, what makes a new line while watching, and objects as kubectl prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from fake_cluster_state import canary, primary, put, target, world_of

from canarytui.cli import get
from canarytui.cli.session import ContactMonitor
from canarytui.domain.rollout.checks import number_text
from canarytui.errors import UsageError
from canarytui.report.canaries import CanaryColumns, sorted_canaries
from canarytui.report.manifest import answer, as_json, as_name, as_yaml
from canarytui.report.table import Table
from canarytui.session.columns.printed_canary import PrintedCanary
from canarytui.session.state import ClusterState

KEY = ("test", "podinfo")


def shown(*arguments: str) -> get._Shown:
    return get._Shown(get.parser().parse_args(arguments))


def seen(cluster_state: ClusterState) -> PrintedCanary:
    obj = cluster_state.canaries.get(*KEY)
    assert obj is not None
    return PrintedCanary(obj, cluster_state.situation(KEY))


def measure(cluster_state: ClusterState, value: float) -> None:
    cluster_state.readings.add(KEY, "request-success-rate", cluster_state.now(), value)


async def test_the_table_has_kubectls_columns_and_what_the_console_knows() -> None:
    cluster_state = await world_of(
        canary("Progressing", weight=15, failed=2), target("podinfo:2"), primary("podinfo:1")
    )
    measure(cluster_state, 99.5)
    titles, row = shown().lines([(KEY, seen(cluster_state))])
    assert dict(zip(titles.split(), row.split(), strict=True)) == {
        "NAMESPACE": "test",
        "NAME": "podinfo",
        "STATUS": "Progressing",
        "WEIGHT": "15",
        "SUCCESS": "99.5%",
        "FAILED": "2/10",
        "STEP": "3/10",
        "NEXT": "10s",
        "LASTTRANSITIONTIME": "2026-11-23T14:30:12Z",
    }


async def test_cells_of_wide_rows_are_never_empty_and_hold_no_space() -> None:
    obj = canary("Progressing", weight=15)
    obj["spec"]["analysis"]["stepWeights"] = [1, 2]
    obj["metadata"]["labels"] = {"kustomize.toolkit.fluxcd.io/name": "apps"}
    cluster_state = await world_of(obj, target("podinfo:2"), primary("podinfo:1"))
    titles, row = shown("-o", "wide").lines([(KEY, seen(cluster_state))])
    cells = dict(zip(titles.split(), row.split(), strict=True))
    assert cells["IMAGE"] == "1->2"
    assert cells["STEPWEIGHTS"] == "[1,2]"
    assert cells["OWNER"].startswith("Flux_")


async def test_only_what_happens_makes_a_line_not_what_merely_passes() -> None:
    cluster_state = await world_of(canary("Progressing", weight=15), target("podinfo:2"), primary("podinfo:1"))
    printed = shown("-n", "test")
    measure(cluster_state, 100.0)
    assert len(printed.lines([(KEY, seen(cluster_state))])) == 2, "titles and the canary"
    measure(cluster_state, 99.7)
    assert printed.lines([(KEY, seen(cluster_state))]) == []
    measure(cluster_state, 53.4)
    (halting,) = printed.lines([(KEY, seen(cluster_state))])
    assert "53.4%<99" in halting
    await put(cluster_state, canary("Progressing", "2", weight=20), target("podinfo:2"), primary("podinfo:1"))
    (advanced,) = printed.lines([(KEY, seen(cluster_state))])
    assert advanced.split()[2] == "20"
    (gone,) = printed.lines([(KEY, None)])
    assert gone.split()[:2] == ["podinfo", "Deleted"]
    assert printed.lines([(KEY, None)]) == []


async def test_an_outage_is_told_once_and_its_end_once() -> None:
    cluster_state = await world_of(canary("Progressing"))
    contact = ContactMonitor(cluster_state)
    assert contact.news() == ""
    cluster_state.canaries.stale("The API server does not answer.\x1b[2J")
    line = contact.news()
    assert line.startswith("# stale since ")
    assert line.endswith("does not answer.")
    assert contact.news() == ""
    cluster_state.canaries.fresh()
    assert contact.news().startswith("# back at 14:30:12")
    assert contact.news() == ""


async def test_objects_while_watching_are_printed_once_for_each_version() -> None:
    cluster_state = await world_of(canary("Progressing"))
    printed = get._Objects("name")
    assert printed.lines([(KEY, seen(cluster_state))]) == ["canary.flagger.app/podinfo"]
    assert printed.lines([(KEY, seen(cluster_state))]) == []
    await put(cluster_state, canary("Progressing", "2"))
    assert printed.lines([(KEY, seen(cluster_state)), (("test", "other"), None)]) == ["canary.flagger.app/podinfo"]


def test_one_name_gives_the_object_several_or_none_a_list() -> None:
    obj = canary("Progressing")
    assert answer([obj], single=True) == obj
    assert answer([obj], single=False)["kind"] == "List"
    assert answer([obj, obj], single=True)["items"] == [obj, obj]
    assert json.loads(as_json(answer([], single=False)))["items"] == []


def test_yaml_is_in_kubectls_hand_and_reads_back_the_same() -> None:
    obj: dict[str, Any] = {
        "metadata": {"name": "x", "annotations": {"a": "true", "b": "007", "c": "one\ntwo\n", "d": "\x1b[2J"}},
        "status": {"lastTransitionTime": "2026-11-23T14:30:12Z", "weight": 7},
    }
    text = as_yaml(obj)
    assert yaml.safe_load(text) == obj
    assert 'lastTransitionTime: "2026-11-23T14:30:12Z"' in text
    assert "c: |\n" in text
    assert "\x1b" not in text
    assert "\x1b" not in as_json(obj)


def test_hostile_objects_make_ordinary_rows() -> None:
    hostile: list[dict[str, Any]] = [
        {},
        {"metadata": None, "spec": [], "status": "x"},
        {
            "metadata": {"name": "\x1b[31mred\u202e", "namespace": 7},
            "status": {"phase": ["a b", {}], "canaryWeight": {}},
        },
        {"metadata": {"name": "n" * 100_000}, "status": {"phase": "two words", "lastTransitionTime": {"a": 1}}},
    ]
    columns = CanaryColumns(namespaced=True, wide=True)
    lines = Table(columns.titles).lines(columns.row(PrintedCanary(obj, None)) for obj in hostile)
    assert len(lines) == 5
    assert all(line.isprintable() for line in lines)
    assert all(len(line.split()) == len(columns.titles) for line in lines)
    for by in ("", "problems", "weight", "success", ".status.canaryWeight", "{.metadata.name}"):
        assert len(sorted_canaries([PrintedCanary(obj, None) for obj in hostile], by)) == 4


def test_what_cannot_be_sorted_by_is_refused_with_what_can() -> None:
    with pytest.raises(UsageError, match=r"choose one of name, .*or a field's path such as \.status\.canaryWeight"):
        sorted_canaries([], "huh")


def test_sorting_by_a_path_puts_numbers_by_size_and_missing_ones_last() -> None:
    weights: list[object] = [20, None, 5, "x"]
    found = [PrintedCanary({"status": {"canaryWeight": weight}}, None) for weight in weights]
    assert [each.part("status", "canaryWeight") for each in sorted_canaries(found, ".status.canaryWeight")] == [
        5,
        20,
        "x",
        None,
    ]


def test_a_table_keeps_its_widths_and_grows() -> None:
    table = Table(("A", "B"))
    assert table.lines([("1", "2")]) == ["A   B", "1   2"]
    assert table.lines([("long", "")]) == ["long   -"]
    assert table.lines([("1", "2")]) == ["1      2"]
    assert number_text(99.50) == "99.5"


def test_names_as_kubectl_prints_them() -> None:
    assert as_name(canary("Progressing")) == "canary.flagger.app/podinfo"
    assert as_name({"metadata": "broken"}) == "canary.flagger.app/"


async def test_lines_of_a_watch_stay_below_their_titles() -> None:
    cluster_state = await world_of(canary("Progressing", weight=5), target("podinfo:2"), primary("podinfo:1"))
    table = shown("--watch")
    titles, _ = table.lines([(KEY, seen(cluster_state))])
    obj = canary("WaitingPromotion", weight=100, failed=10)
    obj["spec"]["suspend"] = True
    later = await world_of(obj, target("podinfo:2"), primary("podinfo:1"))
    (row,) = table.lines([(KEY, seen(later))])
    for title, cell in (("WEIGHT", "100"), ("NEXT", "suspended"), ("LASTTRANSITIONTIME", "2026-11-23T14:30:12Z")):
        assert row[titles.index(title) :].split()[0] == cell
