"""Every action is planned on random states, and each sentence of a plan is held to the state that made it.

Plans bear plain text: which sentence it is, the catalogue tells by reading it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from string import Formatter
from types import SimpleNamespace

from plan_evidence import PREDICATES
from random_states import State, random_state

from canarytui.domain.actions import ActionRequest, intents, plan
from canarytui.domain.plan import Intent
from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences.catalogue import catalogue

STATES = 600
AREAS = ("editing", "gating", "pausing", "planning", "promoting", "retrying", "rolling_back", "skipping", "triggering")
WISHES = (
    *(ActionRequest(intent) for intent in intents() if intent is not Intent.TRIGGER),
    ActionRequest(Intent.CLOSE_GATE, rollback_gate=True),
    ActionRequest(Intent.EDIT, changes={"spec": {"skipAnalysis": True}}),
    ActionRequest(Intent.RETRY, drift_free=True),
    ActionRequest(Intent.TRIGGER, restart=True),
    *(ActionRequest(Intent.TRIGGER, image=f"shop/cart:{tag}") for tag in (1, 2, 3)),
)


def _said() -> Iterator[tuple[int, State, str]]:
    for seed in range(STATES):
        state = random_state(seed)
        for action_request in WISHES:
            made = plan(state.situation, action_request)
            texts = (made.refusal,) if made.refusal else (made.effect, made.when, made.risk_text)
            yield from ((seed, state, text) for text in texts if text)


@cache
def _sentences() -> tuple[Sentence, ...]:
    """Those of the actions, the most specific words first."""
    own = [each for each in catalogue().values() if each.id.partition(".")[0] in AREAS]
    return tuple(sorted(own, key=_literal, reverse=True))


def _literal(sentence: Sentence) -> int:
    return sum(len(text) for text, *_ in Formatter().parse(sentence.words))


def test_every_sentence_of_a_plan_is_true_of_the_state_that_made_it() -> None:
    failures: Counter[str] = Counter()
    examples: dict[str, str] = {}
    heard = set()
    for seed, state, text in _said():
        found = next(((each, fields) for each in _sentences() if (fields := each.read(text)) is not None), None)
        assert found is not None, f"no sentence of the catalogue says {text!r}"
        sentence, fields = found
        heard.add(sentence.id)
        assert sentence.id in PREDICATES, f"{sentence.id} has no predicate: say in plan_evidence.py what makes it true"
        if not PREDICATES[sentence.id](state, SimpleNamespace(**fields)):
            failures[sentence.id] += 1
            examples.setdefault(sentence.id, f"seed {seed}: {text}")
    assert not failures, "\n".join(f"{id} ({count}): {examples[id]}" for id, count in failures.most_common())
    assert len(heard) >= 50, f"the states are too tame: only {sorted(heard)}"


def test_predicates_are_about_sentences_of_the_catalogue() -> None:
    assert set(PREDICATES) <= set(catalogue())
