"""What stands against sending load, at the start and at every slice."""

from __future__ import annotations

import pytest
from drilled import NOW, plan, sight, situation, traffic
from replacing import replace

from canarytui.drills.drill import Drill
from canarytui.drills.drill_plan import Other, Sight
from canarytui.drills.guards import Limits, OwnLoad, objection, primary_failing, refusal, users_watched
from canarytui.drills.library import load_drill
from canarytui.drills.target import TargetAddress

ERRORS: Drill = load_drill("errors-500")


def test_nothing_stands_against_the_seeds_drill() -> None:
    assert refusal(plan(), sight(), Limits()) == ""


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(rate=10), "25 requests a second are more than the 10"),
        (Limits(concurrency=2), "5 workers are more than the 2"),
        (Limits(duration_s=60), "300 seconds are more than the 60"),
        (Limits(namespaces=("dev-*",)), "namespace test is not among those"),
        (Limits(hosts=("*.dev.example",)), "host app.example.com is not among those"),
    ],
)
def test_limits(limits: Limits, said: str) -> None:
    assert said in refusal(plan(), sight(), limits)


def test_patterns_of_limits_let_through() -> None:
    assert refusal(plan(), sight(), Limits(namespaces=("te*",), hosts=("*.example.com",))) == ""


def test_another_canarys_host_is_refused() -> None:
    other = replace(plan(), place=TargetAddress("shop.example.com"))
    assert refusal(other, sight(), Limits()) == "shop.example.com does not lead to this canary"


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (Sight(NOW, "lab", None, trouble="no answer within 1 s"), "the cluster cannot be seen (no answer within 1 s)"),
        (Sight(NOW, "lab", None), "the canary cannot be read"),
        (replace(sight(), context="prod"), "the context is prod, no longer lab"),
        (Sight(NOW, "lab", situation(spec={"suspend": True})), "it is paused (spec.suspend)"),
        (Sight(NOW, "lab", situation(spec={"skipAnalysis": True})), "spec.skipAnalysis is true"),
        (sight(phase="Succeeded"), "it is Succeeded: drills only work during an analysis"),
        (sight(phase=""), "it is without status"),
        (replace(sight(), others=(Other(("test", "cart"), True),)),
         "a rollout of test/cart is under way in the same namespace"),
        (replace(sight(), others=(Other(("shop", "cart"), True, ("app.example.com",)),)),
         "a rollout of shop/cart is under way on the same host"),
    ],
)  # fmt: skip
def test_what_one_look_objects_to(seen: Sight, said: str) -> None:
    assert objection(plan(), seen).startswith(said)
    assert refusal(plan(), seen, Limits()).startswith(said)


def test_others_at_rest_or_elsewhere_do_not_matter() -> None:
    others = (Other(("test", "cart"), False), Other(("shop", "cart"), True, ("shop.example.com",)))
    assert objection(plan(), replace(sight(), others=others)) == ""


def test_what_the_drill_sends_the_primary_is_not_its_own_trouble() -> None:
    # 25 errors a second for a minute; four fifths of them reach the primary, as Prometheus sees.
    own = OwnLoad(60.0, 1500.0, 1500.0)
    seen = replace(sight(), traffic=traffic(primary=36.0, primary_failed=20.0))
    assert primary_failing(seen, own) == 0.0
    # Of its other 16 requests a second, 12 fail on top.
    worse = replace(sight(), traffic=traffic(primary=36.0, primary_failed=32.0))
    failing = primary_failing(worse, own)
    assert failing is not None
    assert 30 < failing < 75


def test_without_a_measurement_nothing_is_said() -> None:
    own = OwnLoad(60.0, 0.0, 0.0)
    assert primary_failing(replace(sight(), traffic=None), own) is None
    assert primary_failing(replace(sight(), traffic=traffic(primary=None)), own) is None
    assert primary_failing(replace(sight(), traffic=traffic(primary=0.2)), own) is None
    assert primary_failing(replace(sight(), traffic=traffic(primary_failed=8.0)), own) == 50.0


def test_the_primary_s_users_are_watched_where_there_are_any_to_measure() -> None:
    seen = sight()
    assert seen.situation is not None
    assert users_watched(seen.situation, traffic())
    assert not users_watched(seen.situation, None)
    assert not users_watched(seen.situation, traffic(primary=None))
    assert not users_watched(seen.situation, traffic(primary_failed=None))
    assert not users_watched(seen.situation, traffic(primary=0.1))
