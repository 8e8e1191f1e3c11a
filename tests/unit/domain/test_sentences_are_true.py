"""Random states of a cluster are explained, and every sentence that was said is held to the state that made it.

A predicate reads the raw objects, not what the program made of them. An id without a predicate fails, and so does a
sentence of these areas that is never said: then the states are too tame, or the sentence is dead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace

import pytest
from random_states import State, random_state
from sentence_evidence import PREDICATES

from canarytui.domain.rollout.explain import explain
from canarytui.domain.sentences import Phrase
from canarytui.domain.sentences.catalogue import catalogue

STATES = 6000
AREAS = ("cause", "checks", "forecast", "pods", "rollout", "serving")
NEVER_SAID_OF_A_STATE = {
    "rollout.unknown_phase": "a phase that this version does not know is refused when the object is parsed",
}


@cache
def explained() -> tuple[tuple[State, Phrase], ...]:
    states = [random_state(seed) for seed in range(STATES)]
    states += [random_state(seed, begun=True) for seed in range(STATES // 5)]
    return tuple((state, explain(state.situation).words()) for state in states)


def test_every_sentence_is_true_of_the_state_that_made_it() -> None:
    failures: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for seed, (state, phrase) in enumerate(explained()):
        for id, fields in phrase.parts:
            holds: Callable[[State, SimpleNamespace], bool] | None = PREDICATES.get(id)
            assert holds is not None, f"{id} has no predicate: say in sentence_evidence.py what makes it true"
            if not holds(state, SimpleNamespace(**{name: str(value) for name, value in fields.items()})):
                failures[id] += 1
                examples.setdefault(id, f"seed {seed}: {phrase}")
    assert not failures, "\n".join(f"{id} ({count}): {examples[id]}" for id, count in failures.most_common())


def test_every_sentence_is_said_of_some_state() -> None:
    said = {id for _, phrase in explained() for id in phrase.ids}
    unsaid = {id for id in catalogue() if id.partition(".")[0] in AREAS} - said
    assert unsaid == set(NEVER_SAID_OF_A_STATE)


def test_predicates_are_about_sentences_of_the_catalogue() -> None:
    assert set(PREDICATES) <= set(catalogue())


@pytest.mark.parametrize(
    "fault",
    [
        r"  ",
        r" [,;:.)]",
        r"\(\)",
        r"\( ",
        r"None",
        r"[{}]",
        r"\.$",
        r";.*;.*;.*;",
        r"(failed checks).*\1.*\1",
        r"\b(\w+ \w+ \w+)\b.*\b\1\b",
    ],
)
def test_sentences_have_no_doubled_or_empty_parts(fault: str) -> None:
    for state, _ in explained():
        sentence = explain(state.situation).sentence
        if state.warning:
            sentence = sentence.replace(state.warning, "(the controller's own words)")
        assert not re.search(fault, sentence), sentence


def test_an_explanation_carries_the_ids_of_its_sentences() -> None:
    for state, phrase in explained()[:200]:
        found = explain(state.situation)
        assert found.ids == phrase.ids
        assert found.ids[0].startswith("rollout.")
