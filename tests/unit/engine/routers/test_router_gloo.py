"""Gloo's router: the RouteTable along whole rollouts, hand edits, and what cannot be read or written."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import iterated
from router_rig import DEFAULT, STRICT, RouterRig, surroundings
from whole_rollouts import blue_green, deleted, promoted, rolled_back, written

from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.routers.gloo import GlooRouter

ROUTER = GlooRouter()
KIND = "RouteTable"
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])
MATCH = [
    {"headers": {"x-canary": {"exact": "insider"}, "x-team": {"regex": "qa|sre"}}},
    {"headers": {"cookie": {"prefix": "a.b"}}},
]


def gloo_rig(settings: ControllerSettings = DEFAULT, **spec: Any) -> RouterRig:
    return RouterRig(spec, *surroundings(), settings=settings)


def reconciled(settings: ControllerSettings = DEFAULT, **spec: Any) -> RouterRig:
    rig = gloo_rig(settings, **spec)
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


def split(route: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(each.get("weight") for each in route["routeAction"]["multi"]["destinations"])


def splits(outcome: ReplayOutcome) -> list[tuple[int, ...]]:
    found = written(outcome, "RouteTable.gateway.solo.io promote", lambda spec: split(spec["routes"][0]))
    return [tuple(each or 0 for each in shares) for shares in found]


def routes(rig: RouterRig) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rig.get(KIND)["spec"]["routes"]
    return found


@BOTH
def test_promotion_and_rollback(settings: ControllerSettings) -> None:
    outcome = promoted("gloo", settings)
    assert splits(outcome) == [(100, 0), (75, 25), (50, 50), (100, 0)]
    assert len(outcome.objects["Upstream.gloo.solo.io r1-promote-canaryupstream-80"]) == 1
    assert splits(rolled_back("gloo", settings)) == [(100, 0), (75, 25), (100, 0)]


@BOTH
def test_blue_green_moves_all_at_once(settings: ControllerSettings) -> None:
    assert splits(blue_green("gloo", settings)) == [(100, 0), (0, 100), (100, 0)]


@BOTH
def test_a_deleted_canary_leaves_its_table_to_the_garbage_collector(settings: ControllerSettings) -> None:
    outcome = deleted("gloo", settings)
    for name in ("RouteTable.gateway.solo.io promote", "Upstream.gloo.solo.io r1-promote-primaryupstream-80"):
        assert [owner["kind"] for owner in outcome.objects[name][-1]["ownerReferences"]] == ["Canary"]
    assert splits(outcome)[-1] == (100, 0)


def test_mirroring_is_refused_once_and_the_rollout_goes_on() -> None:
    outcome = promoted("gloo", DEFAULT, analysis={"stepWeight": 50, "mirror": True})
    assert outcome.texts.count("Traffic mirroring is not supported when using the gloo provider") == 1
    assert splits(outcome) == [(100, 0), (50, 50), (100, 0)]


def test_upstreams_come_first_then_the_table_that_leads_to_them() -> None:
    rig = reconciled()
    assert rig.written == [
        "Create Upstream test-podinfo-primaryupstream-80",
        "Create Upstream test-podinfo-canaryupstream-80",
        f"Create {KIND} podinfo",
    ]
    [route] = routes(rig)
    assert [each["destination"]["upstream"] for each in route["routeAction"]["multi"]["destinations"]] == [
        {"name": "test-podinfo-primaryupstream-80", "namespace": "test"},
        {"name": "test-podinfo-canaryupstream-80", "namespace": "test"},
    ]
    assert route["inheritablePathMatchers"] is True
    assert "matchers" not in route
    rig.do(ROUTER.reconcile(rig.tick))
    assert len(rig.written) == 3, "what is right is not written again"


def test_ab_flagger_demands_all_headers_at_once_and_has_no_other_route() -> None:
    [route] = routes(reconciled(STRICT, analysis=iterated(2, match=MATCH)))
    assert route["matchers"] == [
        {
            "headers": [
                {"name": "x-canary", "value": "insider"},
                {"name": "x-team", "value": "qa|sre", "regex": True},
                {"name": "cookie"},
            ]
        }
    ]
    [everybody] = routes(reconciled(STRICT, analysis=iterated(2, match=[{"sourceLabels": {"app": "x"}}])))
    assert everybody["matchers"] == [{}]


def test_ab_one_entry_suffices_and_who_matches_none_gets_the_primary() -> None:
    more = [{"headers": {"user-agent": {"suffix": "test"}, "x-any": {}}}]
    rig = reconciled(analysis=iterated(2, match=MATCH + more))
    rig.do(ROUTER.set_weights(rig.tick, Weights(0, 100)))
    chosen, rest = routes(rig)
    assert chosen["matchers"] == [
        {
            "headers": [
                {"name": "x-canary", "value": "insider"},
                {"name": "x-team", "value": "qa|sre", "regex": True},
            ]
        },
        {"headers": [{"name": "cookie", "value": r"a\.b.*", "regex": True}]},
        {"headers": [{"name": "user-agent", "value": ".*test", "regex": True}, {"name": "x-any"}]},
    ]
    assert (split(chosen), split(rest)) == ((0, 100), (100, 0))
    assert "matchers" not in rest
    assert ROUTER.read_weights(rig.tick) == Weights(0, 100)
    rig.change("Canary", {"spec": {"analysis": {"match": None}}})
    rig.do(ROUTER.reconcile(rig.tick))
    [route] = routes(rig)
    assert "matchers" not in route


def test_ab_an_entry_that_would_match_everybody_is_refused() -> None:
    rig = gloo_rig(analysis=iterated(2, match=[*MATCH, {"sourceLabels": {"app": "x"}}]))
    with pytest.raises(EndTick, match=r"canary podinfo\.test has an entry in analysis\.match without headers"):
        rig.do(ROUTER.reconcile(rig.tick))


def test_zero_is_written_except_in_strict_mode() -> None:
    for settings, none in ((DEFAULT, 0), (STRICT, None)):
        rig = reconciled(settings)
        assert split(routes(rig)[0]) == (100, none)
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 100)))
        assert split(routes(rig)[0]) == (none, 100)
        assert ROUTER.read_weights(rig.tick) == Weights(0, 100)


def test_a_repair_keeps_live_weights_and_what_others_added() -> None:
    rig = reconciled()
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    edited = rig.get(KIND)["spec"]
    edited["routes"][0] |= {"options": {"timeout": "15s"}, "matchers": [{"prefix": "/hacked"}]}
    edited["routes"][0]["routeAction"]["multi"]["destinations"][1]["options"] = {"headerManipulation": {}}
    rig.change(KIND, {"spec": {**edited, "weight": 5}})
    rig.do(ROUTER.reconcile(rig.tick))
    [route] = routes(rig)
    assert split(route) == (70, 30)
    assert route["options"] == {"timeout": "15s"}
    assert "matchers" not in route
    assert route["routeAction"]["multi"]["destinations"][1]["options"] == {"headerManipulation": {}}
    assert rig.get(KIND)["spec"]["weight"] == 5
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    assert (split(routes(rig)[0]), routes(rig)[0]["options"]) == ((60, 40), {"timeout": "15s"})


def test_a_route_that_answers_something_else_leads_to_the_upstreams_again() -> None:
    rig = reconciled()
    for action in ({"redirectAction": {"hostRedirect": "x"}}, {"routeAction": {"single": {"upstream": {"name": "x"}}}}):
        rig.change(KIND, {"spec": {"routes": [{"options": {}, **action}]}})
        rig.do(ROUTER.reconcile(rig.tick))
        [route] = routes(rig)
        assert route.keys() == {"inheritablePathMatchers", "options", "routeAction"}
        assert route["routeAction"].keys() == {"multi"}
        assert split(route) == (100, 0)


def test_another_port_is_another_upstream_with_the_same_weight() -> None:
    for settings, kept in ((DEFAULT, (70, 30)), (STRICT, (100, None))):
        rig = reconciled(settings)
        rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
        rig.change("Canary", {"spec": {"service": {"port": 81}}})
        rig.do(ROUTER.reconcile(rig.tick))
        [route] = routes(rig)
        assert split(route) == kept
        names = [each["destination"]["upstream"]["name"] for each in route["routeAction"]["multi"]["destinations"]]
        assert names == ["test-podinfo-primaryupstream-81", "test-podinfo-canaryupstream-81"]
        assert rig.get("Upstream", names[0])["spec"]["kube"]["servicePort"] == 81


def test_weights_that_serve_nobody_are_repaired() -> None:
    rig = reconciled()
    edited = rig.get(KIND)["spec"]
    for each in edited["routes"][0]["routeAction"]["multi"]["destinations"]:
        each["weight"] = 0
    rig.change(KIND, {"spec": edited})
    assert ROUTER.read_weights(rig.tick) == Weights(0, 0)
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(routes(rig)[0]) == (100, 0)


def test_what_cannot_be_read_or_would_serve_nobody_ends_the_tick() -> None:
    rig = gloo_rig()
    for attempt in (
        lambda: ROUTER.read_weights(rig.tick),
        lambda: rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10))),
    ):
        with pytest.raises(EndTick) as missing:
            attempt()
        assert str(missing.value) == (
            'RouteTable podinfo.test get query error: routetables.gateway.solo.io "podinfo" not found'
        )
    rig.do(ROUTER.reconcile(rig.tick))
    with pytest.raises(EndTick, match=r"^RoutingRule podinfo\.test update failed: no valid weights$"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    destinations = routes(rig)[0]["routeAction"]["multi"]["destinations"]
    for broken in ([], [{}], [{"routeAction": {"multi": {"destinations": destinations[:1]}}}]):
        rig.change(KIND, {"spec": {"routes": broken}})
        with pytest.raises(EndTick, match=r"^RouteTable podinfo\.test destinations not found$"):
            ROUTER.read_weights(rig.tick)
    others = [{"destination": {"upstream": {"name": name}}} for name in ("a", "b")]
    rig.change(KIND, {"spec": {"routes": [{"routeAction": {"multi": {"destinations": others}}}]}})
    assert ROUTER.read_weights(rig.tick) == Weights(0, 0), "without an error, as Flagger"
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(routes(rig)[0]) == (100, 0)


def test_nothing_is_given_back() -> None:
    rig = reconciled()
    rig.do(ROUTER.finalise(rig.tick))
    assert len(rig.written) == 3
