"""A number has its noun, in the singular where it is 1."""

from __future__ import annotations

import re

import pytest

from canarytui.domain.counted import counted
from canarytui.domain.sentences import Sentence
from canarytui.domain.sentences.catalogue import catalogue

STOPPED = Sentence("t.stopped", "Load stopped after {sent:n request} in {slices:n slice}: {why}", evidence="a test")
NOUNS = (
    "alerts|attempts|bytes|canaries|characters|checks|clients|containers|contexts|entries|errors|failures|files|findings"
    "|gates|hooks|iterations|lines|members|minutes|namespaces|objects|ones|pods|queries|replicas|requests|restarts"
    "|revisions|rollouts|rules|slices|steps|streams|ticks|values|versions|windows|workers"
)
_BEFORE_PLURAL = re.compile(
    rf"\{{\w+(?::(?!n )[^}}]*)?\}} (?:(?:failed|good|bad|more|earlier|measured|gzip) )?(?:{NOUNS})\b(?!/)"
)
NEVER_ONE = {
    "answers.members": "a constant",
    "backtest.window_too_long": "more than the most that are read",
    "bounds.too_many": "a constant",
    "bounds.too_many_aliased": "a constant",
    "browser_wall.full": "a constant",
    "command.ambiguous": "several, or it would be no question",
    "command_action.one_image": "several, or the image would fit",
    "command_lint.too_many": "a constant",
    "drill_file.streams": "a constant",
    "drill_file.text_at_most": "a constant",
    "gameday.ended": "with a decimal: 1.0 ticks",
    "gameday.halted": "with a decimal: 1.0 ticks",
    "gameday.other_end": "with a decimal: 1.0 ticks",
    "gameday.steps": "a constant",
    "gating.no_gate": "a kind of hooks",
    "images.too_long": "a constant",
    "legend.unattended": "a constant",
    "legend.wall_failed": "a constant",
    "links.too_long": "a constant",
    "list_screen.some_loaded": "of several pages",
    "manifest_files.too_large": "a constant",
    "pausing.bad_ticks": "a constant",
    "requests.sent": "an answer is longer than that",
}


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (1, "canary", "1 canary"),
        (0, "canary", "0 canaries"),
        (12, "query", "12 queries"),
        (2, "day", "2 days"),
        (1, "failed check", "1 failed check"),
        (3, "failed check", "3 failed checks"),
        ("1", "tick", "1 tick"),
        (1.0, "request", "1 request"),
        (2.5, "request", "2.5 requests"),
        ("12.3k", "request", "12.3k requests"),
    ],
)
def test_the_noun_follows_its_number(number: object, noun: str, said: str) -> None:
    assert counted(number, noun) == said


def test_a_sentence_says_a_number_with_its_noun_and_reads_it_back() -> None:
    assert STOPPED.text(sent=1, slices=1, why="{x}") == "Load stopped after 1 request in 1 slice: {x}"
    for sent, slices in ((1, 1), (0, 3), (250, 1)):
        said = STOPPED.say(sent=sent, slices=slices, why="a: b")
        assert STOPPED.read(said.text) == {"sent": str(sent), "slices": str(slices), "why": "a: b"}
    assert STOPPED.read("Load stopped after 1 requests in 1 slices: old") is not None, "as it was written before"


def test_a_field_that_is_not_given_is_named() -> None:
    with pytest.raises(KeyError, match="slices"):
        STOPPED.text(sent=1, why="")


def test_no_sentence_puts_a_number_before_a_plural() -> None:
    """``{ticks} ticks`` is ``1 ticks`` one day."""
    found = {sentence.id for sentence in catalogue().values() if _BEFORE_PLURAL.search(sentence.words)}
    assert found == NEVER_ONE.keys()
