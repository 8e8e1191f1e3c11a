"""The parts of the detail as text: widths hold, and whatever the cluster says stays text."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import pytest
import yaml
from replacing import replace
from rich.style import Style

from canarytui.cluster.resources import DEPLOYMENTS
from canarytui.console.demo_fixture import fill, fixture_state
from canarytui.console.demo_fixture.detail import fixture_detail
from canarytui.console.detail.layout import beside, faded, fold, line
from canarytui.console.detail.manifest import yaml_text
from canarytui.console.detail.overview import overview, top
from canarytui.console.detail.parts import Choices, copy_of, part_lines
from canarytui.console.detail.tabs import TABS, Tab, tab_line
from canarytui.console.detail.versions import versions
from canarytui.console.detail.view import DetailView, gather
from canarytui.domain.links import Link
from canarytui.domain.text.plain import width
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.log_lines import LogBuffer
from canarytui.session.state import ClusterState

CART = ("shop", "cart")
HOSTILE = ("\x1b[2J\x1b]0;t\x07x", "[red]m[/]", "漢字🚀" * 30, "a\u202eb\u200b", "x" * 5000, "", "\u2028 \n\t")


def scene() -> tuple[ClusterState, CanaryDetail]:
    cluster_state = fixture_state()
    fill(cluster_state)
    return cluster_state, fixture_detail(cluster_state, CART)


def view_of(cluster_state: ClusterState, canary_detail: CanaryDetail) -> DetailView:
    view = gather(cluster_state, CART, canary_detail, cluster_state.now(), label="Halted", zone=UTC, coloured=True)
    assert view is not None
    return view


def drawn(
    view: DetailView, cluster_state: ClusterState, canary_detail: CanaryDetail, columns: int
) -> dict[Tab, list[str]]:
    choices = Choices(opened=frozenset({"request-success-rate"}))
    canary_detail.ask_logs("canary")
    return {
        tab: [text.plain for text in part_lines(tab, view, choices, cluster_state, canary_detail, columns, 40)]
        for tab in TABS
    }


@pytest.mark.parametrize("stale", [False, True])
async def test_every_line_of_a_link_leads_to_the_whole_of_it_and_other_schemes_nowhere(stale: bool) -> None:
    cluster_state, canary_detail = scene()
    url = f"https://grafana.example.com/d/{'x' * 90}"
    links = (Link("grafana", url), Link("odd", "", "only http and https are opened"))
    view = replace(view_of(cluster_state, canary_detail), links=links)
    lines = part_lines(Tab.DESCRIBE, view, Choices(), cluster_state, canary_detail, 76, 40)
    lines = faded(lines) if stale else lines
    linked = [(text.plain, span) for text in lines for span in text.spans if isinstance(span.style, Style)]
    assert "".join(plain[span.start : span.end] for plain, span in linked if span.style.link == url) == url
    assert {span.style.link for _, span in linked} == {url}
    assert any("only http and https" in text.plain for text in lines)


@pytest.mark.parametrize("columns", [40, 76, 116, 158, 196, 240])
async def test_no_line_is_wider_than_its_page(columns: int) -> None:
    cluster_state, canary_detail = scene()
    for tab, lines in drawn(view_of(cluster_state, canary_detail), cluster_state, canary_detail, columns).items():
        assert lines
        if columns >= 76:
            assert max(width(text) for text in lines) <= columns, tab
    assert width(tab_line(Tab.DESCRIBE, columns).plain) <= columns


async def test_hostile_objects_are_text() -> None:
    cluster_state, canary_detail = scene()
    chance = random.Random(7)
    view = view_of(cluster_state, canary_detail)
    holdings = view.holdings
    assert holdings is not None
    for _ in range(60):
        spoilt = replace(
            view,
            target=_spoil(view.target, chance),
            primary=_spoil(view.primary, chance),
            refusals={"Pod": chance.choice(HOSTILE).strip() or "no"},
            holdings=replace(
                holdings,
                target=_spoil(holdings.target, chance),
                pods=[_spoil(pod, chance) for pod in holdings.pods],
                replica_sets=[_spoil(each, chance) for each in holdings.replica_sets],
                services={name: _spoil(each, chance) for name, each in holdings.services.items()},
                routers={name: _spoil(each, chance) for name, each in holdings.routers.items()},
            ),
        )
        for lines in drawn(spoilt, cluster_state, canary_detail, 116).values():
            text = "\n".join(lines)
            assert not any(character in text for character in "\x1b\x07\u202e\u200b\u2028\t")


def _spoil(obj: Any, chance: random.Random) -> Any:
    """`obj` with some of its values replaced by others of other types, and hostile text."""
    if chance.random() < 0.05:
        return chance.choice([None, 7, [], {}, True, [None], *HOSTILE]) if not isinstance(obj, Mapping) else {}
    if isinstance(obj, Mapping):
        return {key: _spoil(value, chance) for key, value in obj.items()}
    if isinstance(obj, list):
        return [_spoil(value, chance) for value in obj]
    return chance.choice(HOSTILE) if isinstance(obj, str) and chance.random() < 0.1 else obj


def test_yaml_can_be_read_back_and_keeps_no_managed_fields() -> None:
    obj = {
        "kind": "Canary",
        "metadata": {
            "name": "x",
            "managedFields": [1],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "a": "b"},
        },
        "spec": {"query": "sum(\n  x\n)\n", "same": (shared := [1]), "again": shared},
        "apiVersion": "v1",
    }
    read = yaml.safe_load(yaml_text(obj))
    assert list(read) == ["apiVersion", "kind", "metadata", "spec"]
    assert read["metadata"] == {"name": "x", "annotations": {"a": "b"}}
    assert read["spec"]["query"].split() == ["sum(", "x", ")"]
    assert "&id" not in yaml_text(obj)


async def test_secrets_are_never_shown() -> None:
    cluster_state, canary_detail = scene()
    view = view_of(cluster_state, canary_detail)
    secret = replace(
        view, target={"kind": "Secret", "metadata": {"name": "cart"}, "data": {"password": "aHVudGVyMg=="}}
    )
    choices = Choices()
    for _ in range(12):
        choices.next_object(secret)
        assert "aHVudGVyMg" not in choices.yaml_of(secret)


async def test_a_copy_of_the_overview_reads_by_itself() -> None:
    cluster_state, canary_detail = scene()
    what, text = copy_of(
        Tab.OVERVIEW, view_of(cluster_state, canary_detail), Choices(), cluster_state, canary_detail, 40
    )
    assert what == "overview"
    assert text.startswith("shop/cart")
    assert "success rate 53.42 % is below 99 %" in text


async def test_the_pane_beside_the_list_needs_no_close_up() -> None:
    cluster_state, _ = scene()
    view = gather(cluster_state, CART, None, cluster_state.now(), label="Halted", zone=UTC, coloured=False)
    assert view is not None
    words = "\n".join(text.plain for text in [*top(view, 70), *overview(view, 70, 40)])
    assert "stefanprodan/cart:4.0.7" in words or "4.0.7" in words
    assert top(view, 70)[0].plain.startswith("shop/cart")


@pytest.mark.parametrize("columns", [8, 9, 20, 33])
@pytest.mark.parametrize("words", ["", "word", "漢字" * 20, "a bb ccc " * 9, "x" * 50, "    indented start of it all"])
def test_folded_text_fits_and_loses_nothing(words: str, columns: int) -> None:
    lines = fold(words, columns, 3)
    assert all(width(part) <= columns for part in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())


def test_columns_beside_each_other_stay_apart() -> None:
    joined = beside([line("a"), line("漢字漢字")], [line("x"), line("y"), line("z")], 5)
    assert [text.plain for text in joined] == ["a       x", "漢字    y", "        z"]


def test_a_log_book_is_bounded_and_in_order() -> None:
    cluster_state = fixture_state()
    book = LogBuffer(capacity=3)
    for text in "abcd":
        book.add("p/c", cluster_state.now(), text)
    assert [entry.text for entry in book.lines()] == ["b", "c", "d"]
    book.add("p/c", None, "e")
    assert [entry.text for entry in book.lines("!d")] == ["c", "e"]
    book.clear()
    assert len(book) == 0


def two(tag: str, proxy: str = "v1.30.1") -> list[dict[str, Any]]:
    return [
        {"name": "proxy", "image": f"envoyproxy/envoy:{proxy}", "ports": [{"containerPort": 15001}]},
        {"name": "web", "image": f"stefanprodan/podinfo:{tag}", "ports": [{"containerPort": 9898}]},
    ]


@pytest.mark.parametrize(
    ("port", "proxy", "expected"),
    [
        (9898, "v1.30.1", {"image": ("4.0.5", "4.0.6 *")}),
        (9898, "v1.31.0", {"image": ("4.0.5", "4.0.6 *"), "proxy": ("v1.30.1", "v1.31.0 *")}),
        (8080, "v1.30.1", {"proxy": ("v1.30.1", "v1.30.1"), "web": ("4.0.5", "4.0.6 *")}),
    ],
)
async def test_versions_are_the_applications(port: int, proxy: str, expected: dict[str, tuple[str, str]]) -> None:
    cluster_state, canary_detail = scene()
    for name, containers in (("cart-primary", two("4.0.5")), ("cart", two("4.0.6", proxy))):
        workload = copy.deepcopy(cluster_state.stores[DEPLOYMENTS].get("shop", name))
        assert workload is not None
        workload["metadata"]["resourceVersion"] = "4243"
        workload["spec"]["template"]["spec"]["containers"] = containers
        cluster_state.stores[DEPLOYMENTS].put(workload)
    canary = copy.deepcopy(cluster_state.canaries.get(*CART))
    assert canary is not None
    canary["metadata"]["resourceVersion"] = "4712"
    canary["spec"]["service"]["targetPort"] = port
    cluster_state.canaries.put(canary)

    lines = [text.plain for text in versions(view_of(cluster_state, canary_detail), 60)]

    def half(text: str) -> str:
        return text.strip().rpartition(":")[2]

    shown = {}
    for text in lines[1 : lines.index(next(each for each in lines if each.startswith("ready")))]:
        left, _, right = text.partition("│")
        title, _, old = left.strip().partition(" ")
        shown[title] = (half(old), half(right))
    assert shown == expected


@pytest.mark.parametrize(
    ("provider", "duration"), [("traefik", "P99"), ("nginx", "mean"), ("skipper", "mean"), ("istio", "P99")]
)
async def test_a_duration_is_called_a_mean_where_the_check_is_one(provider: str, duration: str) -> None:
    cluster_state, canary_detail = scene()
    canary = copy.deepcopy(cluster_state.canaries.get(*CART))
    assert canary is not None
    canary["metadata"]["resourceVersion"] = "4712"
    canary["spec"]["provider"] = provider
    cluster_state.canaries.put(canary)
    titles = {text.plain.split(" ")[0] for text in versions(view_of(cluster_state, canary_detail), 60)}
    assert titles & {"P99", "mean"} == {duration}


async def test_alerts_say_what_an_unset_severity_means() -> None:
    cluster_state, canary_detail = scene()
    obj = copy.deepcopy(dict(cluster_state.canaries.get(*CART) or {}))
    obj["spec"]["analysis"]["alerts"] = [
        {"name": "on-call", "severity": "error", "providerRef": {"name": "pager", "namespace": "ops"}},
        {"name": "team", "providerRef": {"name": "chat"}},
    ]
    obj["metadata"]["resourceVersion"] = str(10**6)
    cluster_state.canaries.put(obj)
    described = "\n".join(drawn(view_of(cluster_state, canary_detail), cluster_state, canary_detail, 158)[Tab.DESCRIBE])
    assert "error to pager.ops" in described
    assert "to chat, no severity: Flagger sends nothing, canarytui's controller all" in described
