"""Contour's router: the HTTPProxy along whole rollouts, hand edits, and what cannot be read or written."""

from __future__ import annotations

from typing import Any

import pytest
from rollouts import iterated
from router_rig import DEFAULT, STRICT, RouterRig
from whole_rollouts import blue_green, deleted, played, promoted, rolled_back, written

from canarytui.engine.decide.tick import ControllerSettings, EndTick
from canarytui.engine.decide.weights import Weights
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.routers.contour import ContourRouter

ROUTER = ContourRouter()
KIND = "HTTPProxy"
BOTH = pytest.mark.parametrize("settings", [STRICT, DEFAULT], ids=["strict", "default"])


def split(route: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(each.get("weight") for each in route["services"])


def splits(outcome: ReplayOutcome, none: int | None) -> list[tuple[int | None, ...]]:
    """Of the first route; `none` stands for a weight that is left out."""
    found = written(outcome, "HTTPProxy.projectcontour.io promote", lambda spec: split(spec["routes"][0]))
    return [tuple(none if each is None else each for each in shares) for shares in found]


def reconciled(settings: ControllerSettings = DEFAULT, **spec: Any) -> RouterRig:
    rig = RouterRig(spec, settings=settings)
    rig.do(ROUTER.reconcile(rig.tick))
    return rig


def routes(rig: RouterRig) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rig.get(KIND)["spec"]["routes"]
    return found


@BOTH
def test_promotion_and_rollback(settings: ControllerSettings) -> None:
    steps = [(100, 0), (75, 25), (50, 50), (100, 0)]
    assert splits(promoted("contour", settings), 0) == steps
    assert splits(rolled_back("contour", settings), 0) == [(100, 0), (75, 25), (100, 0)]


@BOTH
def test_blue_green_moves_all_at_once(settings: ControllerSettings) -> None:
    assert splits(blue_green("contour", settings), 0) == [(100, 0), (0, 100), (100, 0)]


@BOTH
def test_a_deleted_canary_leaves_its_proxy_to_the_garbage_collector(settings: ControllerSettings) -> None:
    outcome = deleted("contour", settings)
    last = outcome.objects["HTTPProxy.projectcontour.io promote"][-1]
    assert split(last["spec"]["routes"][0])[0] == 100
    assert [owner["kind"] for owner in last["ownerReferences"]] == ["Canary"]


def test_mirroring_is_refused_once_and_the_rollout_goes_on() -> None:
    outcome = promoted("contour", DEFAULT, analysis={"stepWeight": 50, "mirror": True})
    assert outcome.texts.count("Traffic mirroring is not supported when using the contour provider") == 1
    assert splits(outcome, None) == [(100, 0), (50, 50), (100, 0)]
    stuck = played("contour", STRICT, analysis={"mirror": True})
    assert splits(stuck, 0) == [(100, 0)], "Flagger stays at weight 0"


MATCH = [
    {"headers": {"x-canary": {"exact": "insider"}, "x-team": {"regex": "qa|sre"}}},
    {"headers": {"cookie": {"prefix": "canary"}}},
    {"headers": {"user-agent": {"suffix": "test"}}},
]


def test_ab_flagger_demands_all_headers_at_once() -> None:
    chosen, rest = routes(reconciled(STRICT, analysis=iterated(2, match=MATCH)))
    assert chosen["conditions"] == [
        {"prefix": "/", "header": {"name": "x-canary", "exact": "insider"}},
        {"prefix": "/", "header": {"name": "x-team"}},
        {"prefix": "/", "header": {"name": "cookie", "contains": "canary"}},
        {"prefix": "/", "header": {"name": "user-agent", "contains": "test"}},
    ]
    assert (split(chosen), split(rest)) == ((100, None), (100, None))
    everybody, _ = routes(reconciled(STRICT, analysis=iterated(2, match=[{"sourceLabels": {"app": "x"}}])))
    assert "conditions" not in everybody


def test_ab_each_entry_is_a_route_of_its_own() -> None:
    rig = reconciled(analysis=iterated(2, match=[*MATCH, {"headers": {"x-any": {}}}]))
    rig.do(ROUTER.set_weights(rig.tick, Weights(0, 100)))
    *chosen, rest = routes(rig)
    assert [route["conditions"] for route in chosen] == [
        [
            {"prefix": "/"},
            {"header": {"name": "x-canary", "exact": "insider"}},
            {"header": {"name": "x-team", "regex": "qa|sre"}},
        ],
        [{"prefix": "/"}, {"header": {"name": "cookie", "contains": "canary"}}],
        [{"prefix": "/"}, {"header": {"name": "user-agent", "contains": "test"}}],
        [{"prefix": "/"}, {"header": {"name": "x-any", "present": True}}],
    ]
    assert {split(route) for route in chosen} == {(0, 100)}
    assert (rest["conditions"], split(rest)) == ([{"prefix": "/"}], (100, 0)), "who matches nothing stays"
    assert ROUTER.read_weights(rig.tick) == Weights(0, 100)


def test_ab_an_entry_that_would_match_everybody_is_refused() -> None:
    rig = RouterRig({"analysis": iterated(2, match=[*MATCH, {"sourceLabels": {"app": "x"}}])})
    with pytest.raises(EndTick, match=r"canary podinfo\.test has an entry in analysis\.match without headers"):
        rig.do(ROUTER.reconcile(rig.tick))


def test_what_the_service_says_is_in_each_route() -> None:
    service = {
        "timeout": "15s",
        "retries": {"attempts": 3, "perTryTimeout": "5s", "retryOn": "gateway-error,connect-failure"},
        "match": [{"uri": {"prefix": "/shop"}}],
    }
    rig = reconciled(ControllerSettings(ingress_class="edge"), service=service, analysis=iterated(2, match=MATCH))
    spec = rig.get(KIND)["spec"]
    assert spec["ingressClassName"] == "edge"
    for route in spec["routes"]:
        assert route["timeoutPolicy"] == {"response": "15s", "idle": "5m"}
        assert route["retryPolicy"] == {
            "count": 3, "perTryTimeout": "5s", "retryOn": ["gateway-error", "connect-failure"],
        }  # fmt: skip
        assert route["conditions"][0] == {"prefix": "/shop"}
    made = reconciled(service={"retries": {"attempts": 1}})
    assert routes(made)[0]["retryPolicy"] == {"count": 1}
    made.change("Canary", {"spec": {"service": {"retries": None}}})
    made.do(ROUTER.reconcile(made.tick))
    assert "retryPolicy" not in routes(made)[0], "what the canary no longer says goes"


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
    edited["routes"][0] |= {"loadBalancerPolicy": {"strategy": "Cookie"}, "timeoutPolicy": {"response": "1s"}}
    edited["routes"][0]["directResponsePolicy"] = {"statusCode": 503}
    edited["routes"][0]["services"][0] |= {"protocol": "h2c", "mirror": True}
    edited["routes"].append({"services": [{"name": "other", "port": 1}]})
    annotations = {"kustomize.toolkit.fluxcd.io/reconcile": None, "mine": "1"}
    rig.change(KIND, {"metadata": {"annotations": annotations}, "spec": {**edited, "tcpproxy": {}}})
    rig.do(ROUTER.reconcile(rig.tick))
    [route] = routes(rig)
    assert split(route) == (70, 30)
    assert route["loadBalancerPolicy"] == {"strategy": "Cookie"}
    assert route["services"][0]["protocol"] == "h2c"
    assert "mirror" not in route["services"][0]
    assert not {"timeoutPolicy", "directResponsePolicy"} & route.keys(), "the Services would get nothing"
    repaired = rig.get(KIND)
    assert "tcpproxy" in repaired["spec"]
    assert repaired["metadata"]["annotations"] == {
        "kustomize.toolkit.fluxcd.io/reconcile": "disabled", "helm.toolkit.fluxcd.io/driftDetection": "disabled",
        "mine": "1",
    }  # fmt: skip
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    assert (split(routes(rig)[0]), routes(rig)[0]["services"][0]["protocol"]) == ((60, 40), "h2c")
    writes = len(rig.written)
    rig.do(ROUTER.reconcile(rig.tick))
    rig.do(ROUTER.set_weights(rig.tick, Weights(60, 40)))
    assert len(rig.written) == writes, "what is right is not written again"


def test_strict_repairs_as_flagger_does_all_to_the_primary_and_nothing_of_others() -> None:
    rig = reconciled(STRICT)
    rig.do(ROUTER.set_weights(rig.tick, Weights(70, 30)))
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(routes(rig)[0]) == (70, 30), "as long as nothing else differs"
    rig.change(KIND, {"metadata": {"annotations": {"mine": "1"}}})
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(routes(rig)[0]) == (100, None)
    assert "mine" not in rig.get(KIND)["metadata"]["annotations"]


def test_weights_edited_by_hand_stay_unless_they_serve_nobody() -> None:
    rig = reconciled()
    for shares, kept in (((30, 70), (30, 70)), ((0, 0), (100, 0)), ((None, None), (100, 0))):
        services = routes(rig)[0]["services"]
        edited = [{**each, "weight": share} for each, share in zip(services, shares, strict=True)]
        rig.change(KIND, {"spec": {"routes": [{**routes(rig)[0], "services": edited}]}})
        assert ROUTER.read_weights(rig.tick) == (Weights(30, 70) if kept == (30, 70) else Weights(0, 0))
        rig.do(ROUTER.reconcile(rig.tick))
        assert split(routes(rig)[0]) == kept


def test_what_cannot_be_read_or_would_serve_nobody_ends_the_tick() -> None:
    rig = RouterRig()
    for attempt in (
        lambda: ROUTER.read_weights(rig.tick),
        lambda: rig.do(ROUTER.set_weights(rig.tick, Weights(90, 10))),
    ):
        with pytest.raises(EndTick) as missing:
            attempt()
        assert str(missing.value) == (
            'HTTPProxy podinfo.test get query error: httpproxies.projectcontour.io "podinfo" not found'
        )
    rig.do(ROUTER.reconcile(rig.tick))
    with pytest.raises(EndTick, match=r"^HTTPProxy podinfo\.test update failed: no valid weights$"):
        rig.do(ROUTER.set_weights(rig.tick, Weights(0, 0)))
    others = [{"name": "a", "port": 80}, {"name": "b", "port": 80}]
    rig.change(KIND, {"spec": {"routes": [{"services": others}]}})
    assert ROUTER.read_weights(rig.tick) == Weights(0, 0), "without an error, as Flagger"
    for broken in ([], [{"services": others[:1]}], [{"services": None}]):
        rig.change(KIND, {"spec": {"routes": broken}})
        with pytest.raises(EndTick, match=r"^HTTPProxy podinfo\.test services not found$"):
            ROUTER.read_weights(rig.tick)
    rig.do(ROUTER.reconcile(rig.tick))
    assert split(routes(rig)[0]) == (100, 0)


def test_nothing_is_given_back() -> None:
    rig = reconciled()
    rig.do(ROUTER.finalise(rig.tick))
    assert rig.written == [f"Create {KIND} podinfo"]
