"""What the parts of a canary's screen say only where they have looked."""

from __future__ import annotations

import copy
from datetime import UTC

import pytest
import pytest_asyncio
from replacing import replace

from canarytui.cluster.resources import METRIC_TEMPLATES
from canarytui.cluster.store import ObjectStore
from canarytui.console.demo_fixture import fill, fixture_state
from canarytui.console.detail.parts import Choices, part_lines
from canarytui.console.detail.tabs import Tab
from canarytui.console.detail.view import DetailView, gather
from canarytui.domain.sentences import Sentence, check_queries
from canarytui.domain.sentences import detail_screen as words
from canarytui.session.canary_detail import CanaryDetail
from canarytui.session.log_follower import CONTROLLER
from canarytui.session.metric_templates import why_missing
from canarytui.session.state import ClusterState

CART = ("shop", "cart")


@pytest_asyncio.fixture
async def cluster_state() -> ClusterState:
    made = fixture_state()
    fill(made)
    return made


def view_of(cluster_state: ClusterState, canary_detail: CanaryDetail) -> DetailView:
    view = gather(cluster_state, CART, canary_detail, cluster_state.now(), label="", zone=UTC, coloured=True)
    assert view is not None
    return view


def said(
    tab: Tab, view: DetailView, cluster_state: ClusterState, canary_detail: CanaryDetail, choices: Choices | None = None
) -> str:
    found = part_lines(tab, view, choices or Choices(), cluster_state, canary_detail, 160, 40)
    return "\n".join(part.plain for part in found)


@pytest.mark.parametrize(
    ("phase", "sentence"),
    [
        ("Progressing", words.SAME_TEMPLATE_IN_ROLLOUT),
        ("Promoting", words.SAME_TEMPLATE_IN_ROLLOUT),
        ("Succeeded", words.SAME_TEMPLATE),
        ("Failed", words.SAME_TEMPLATE),
    ],
)
async def test_a_template_without_changes_is_no_proof_that_nothing_is_rolled_out(
    cluster_state: ClusterState, phase: str, sentence: Sentence
) -> None:
    canary_detail = CanaryDetail(CART)
    view = view_of(cluster_state, canary_detail)
    canary = view.situation.canary
    situation = replace(view.situation, canary=replace(canary, status=replace(canary.status, phase=phase)))
    same = replace(view, situation=situation, target=copy.deepcopy(view.primary))
    assert said(Tab.DIFF, same, cluster_state, canary_detail) == sentence.text()


@pytest.mark.parametrize(("known", "sentence"), [(True, words.NOTHING_TO_COMPARE), (False, words.NOT_COMPARED)])
async def test_a_workload_that_was_not_read_is_not_said_to_be_missing(
    cluster_state: ClusterState, known: bool, sentence: Sentence
) -> None:
    canary_detail = CanaryDetail(CART)
    view = view_of(cluster_state, canary_detail)
    lacking = replace(view, target=None, situation=replace(view.situation, workloads_known=known))
    assert said(Tab.DIFF, lacking, cluster_state, canary_detail) == sentence.text(which="target")


async def test_pods_that_were_not_listed_are_not_said_to_have_no_containers(cluster_state: ClusterState) -> None:
    canary_detail = CanaryDetail(CART)
    assert (
        said(Tab.LOGS, view_of(cluster_state, canary_detail), cluster_state, canary_detail) == words.PODS_UNREAD.text()
    )
    canary_detail.take("Pod", "target", [])
    assert (
        said(Tab.LOGS, view_of(cluster_state, canary_detail), cluster_state, canary_detail)
        == words.NO_CONTAINERS.text()
    )
    canary_detail.refuse("Pod", "you may not list pods")
    refused = said(Tab.LOGS, view_of(cluster_state, canary_detail), cluster_state, canary_detail)
    assert refused == "· you may not list pods", "nothing is waited for"


@pytest.mark.parametrize(("sought", "sentence"), [(True, words.NO_CONTROLLER), (False, words.LOOKING_FOR_CONTROLLER)])
async def test_no_controller_is_said_only_after_one_was_looked_for(
    cluster_state: ClusterState, sought: bool, sentence: Sentence
) -> None:
    canary_detail = CanaryDetail(CART)
    view = replace(view_of(cluster_state, canary_detail), engine="", engine_sought=sought)
    assert said(Tab.LOGS, view, cluster_state, canary_detail, Choices(whose=CONTROLLER)) == sentence.text()


async def test_a_routers_weight_is_said_only_where_a_router_was_read(cluster_state: ClusterState) -> None:
    canary_detail = CanaryDetail(CART)
    view = view_of(cluster_state, canary_detail)
    status = view.situation.canary.status.canary_weight
    read = replace(view, situation=replace(view.situation, router_weight=37))
    unread = replace(view, situation=replace(view.situation, router_weight=None))
    assert words.WEIGHTS.text(status=status, router=37) in said(Tab.DESCRIBE, read, cluster_state, canary_detail)
    assert words.WEIGHT.text(status=status) in said(Tab.DESCRIBE, unread, cluster_state, canary_detail)


async def test_a_template_is_said_not_to_exist_only_by_a_store_that_was_filled() -> None:
    templates = ObjectStore(METRIC_TEMPLATES)
    name = "shop/errors"
    unread = check_queries.NOT_READ_YET.text()
    assert why_missing(templates, "shop", "errors") == check_queries.TEMPLATE_UNKNOWN.text(name=name, reason=unread)
    templates.stale("Forbidden")
    assert why_missing(templates, "shop", "errors") == check_queries.TEMPLATE_UNKNOWN.text(
        name=name, reason="Forbidden"
    )
    templates.replace([])
    assert why_missing(templates, "shop", "errors") == check_queries.NO_TEMPLATE.text(name=name)
