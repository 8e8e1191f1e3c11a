"""What is said of a drill before it begins is held to the simulated ticks that it was said of."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

from drilled import NOW, situation, traffic
from msgspec import Struct
from replacing import replace

from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences.catalogue import catalogue
from canarytui.drills.drill import Drill
from canarytui.drills.library import built_in_names, load_drill
from canarytui.drills.predicted import DrillOutcome, Prediction
from canarytui.drills.prediction import predict

CASES = 600
CAVEATS = {"drill.own_query", "drill.traffic_unknown", "drill.users_unknown"}


class Case(Struct, frozen=True):
    situation: Situation
    drill: Drill
    found: Prediction

    @property
    def names(self) -> set[str]:
        return {check.name for check in self.situation.checks}

    @property
    def fails(self) -> bool:
        """Whether the drill makes answers that count as failed."""
        return any(stream.effect.fails for stream in self.drill.streams)

    @property
    def slows(self) -> bool:
        return any(stream.effect.delay_s for stream in self.drill.streams)


@cache
def cases() -> tuple[Case, ...]:
    return tuple(_case(random.Random(seed)) for seed in range(CASES))


def _case(pick: random.Random) -> Case:
    analysis = pick.choice(
        (
            {},
            {},
            {},
            {"iterations": 5, "match": [{"headers": {"x": {"exact": "y"}}}]},
            {"iterations": 5},
            {"stepWeights": [10, 20, 40], "stepWeight": 0},
        )
    )
    status = {
        "phase": pick.choice(("Progressing",) * 8 + ("Waiting",)),
        "canaryWeight": pick.choice((0, 5, 20, 20, 50)),
        "failedChecks": pick.choice((0, 0, 3, 9, 10)),
    }
    seen = situation(**status)
    whole = {**seen.canary.raw["spec"]["analysis"], **analysis}
    seen = situation(spec={"analysis": whole}, **status)
    if pick.random() < 0.2:
        seen = replace(seen, checks=seen.checks[1:])
    drill = load_drill(pick.choice(built_in_names()))
    drill = replace(drill, duration_s=pick.choice((5, 20, drill.duration_s)), rate=pick.choice((0.1, drill.rate)))
    rates = pick.choice((traffic(canary=0.0, primary=0.0), traffic(), traffic(canary=0.0), traffic(canary=400.0)))
    return Case(seen, drill, predict(seen, drill, rates, NOW))


def _decided(outcome: DrillOutcome) -> Callable[[Case], bool]:
    def holds(case: Case) -> bool:
        said = re.findall(r"at tick (\d+), (\d\d:\d\d:\d\d)", case.found.because)[-1]
        last = case.found.ticks[-1]
        return case.found.outcome is outcome and said == (str(last.number), f"{last.at:%H:%M:%S}")

    return holds


def _crosses(case: Case) -> bool:
    crossing = case.found.crossing
    return crossing is not None and f"at tick {crossing.number}, {crossing.at:%H:%M:%S}" in case.found.because


def _about(case: Case) -> bool:
    crossing = case.found.crossing
    assert crossing is not None
    value = dict(crossing.values)[crossing.failing[0]]
    said = re.search(r" is about ([\d.]+)", case.found.because)
    return said is not None and abs(float(said[1]) - value) <= 0.006 + abs(value) * 0.001


PREDICATES: dict[str, Callable[[Case], bool]] = {
    "drill.no_requests": lambda case: (
        case.situation.canary.raw["spec"]["analysis"].get("match") is None
        or case.situation.canary.raw["spec"]["provider"] == "kubernetes"
    ),
    "drill.matched_only": lambda case: bool(case.situation.canary.raw["spec"]["analysis"]["match"]),
    "drill.not_progressing": lambda case: case.situation.canary.raw["status"]["phase"] == "Waiting",
    "drill.threshold_anyway": lambda case: (
        case.found.crossing is None and case.found.outcome is DrillOutcome.ROLLED_BACK
    ),
    "drill.nothing_crosses": lambda case: case.found.crossing is None,
    "drill.no_success_rate": lambda case: case.fails and "request-success-rate" not in case.names,
    "drill.too_few_fail": lambda case: case.fails and "request-success-rate" in case.names,
    "drill.too_few_slow": lambda case: case.slows and not case.fails,
    "drill.harmless": lambda case: not case.slows and not case.fails,
    "drill.crosses": _crosses,
    "drill.about": _about,
    "drill.no_value": lambda case: (
        case.found.crossing is not None and case.found.crossing.failing[0] not in dict(case.found.crossing.values)
    ),
    "drill.promoted": _decided(DrillOutcome.PROMOTED),
    "drill.rolls_back": _decided(DrillOutcome.ROLLED_BACK),
    "drill.rolls_back_after": _decided(DrillOutcome.ROLLED_BACK),
    "drill.halts": lambda case: (
        case.found.outcome is DrillOutcome.HALTED
        and f"with {case.found.ticks[-1].failed_checks} of 10" in case.found.because
    ),
    "drill.goes_on": lambda case: case.found.outcome is DrillOutcome.UNTOUCHED,
}


def test_every_sentence_is_true_of_the_simulation_that_made_it() -> None:
    for case in cases():
        assert case.found.ids, case.found.because
        for id in case.found.ids:
            assert PREDICATES[id](case), f"{id}: {case.found.because}"


def test_every_sentence_is_said_of_some_drill() -> None:
    said = {id for case in cases() for id in case.found.ids}
    assert {id for id in catalogue() if id.startswith("drill.")} - CAVEATS - said == set()


def test_sentences_have_no_empty_parts() -> None:
    for case in cases():
        assert not re.search(r"  | [,;:.)]|\(\)|None|[{}]", case.found.because), case.found.because
