"""What a webhook last answered, from what the controller said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from canarytui.domain.history.facts import Fact, FactSource, saying
from canarytui.domain.history.timeline import Timeline, TimelineEntry
from canarytui.domain.rollout.hook_results import last_answer
from canarytui.domain.spec.analysis import Webhook

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


def hook(name: str, kind: str = "rollout") -> Webhook:
    return Webhook(name, kind, "http://x/", 10.0, 0, mute_alert=False, disable_tls=False, metadata={})


def entries(*said: tuple[str, bool]) -> list[TimelineEntry]:
    timeline = Timeline()
    for index, (message, warning) in enumerate(said):
        text, marks = saying(message)
        timeline.add(Fact(NOW + timedelta(seconds=10 * index), "shop", "cart", FactSource.EVENT, text, warning, marks))
    return timeline.latest(100)


FAILED = ("Halt cart.shop advancement external check load-test failed unexpected status 500", True)


@pytest.mark.parametrize(
    ("name", "kind", "said", "text", "failed"),
    [
        ("acceptance", "pre-rollout", [("Pre-rollout check acceptance passed", False)], "acceptance passed", False),
        ("load-test", "rollout", [FAILED], "load-test failed unexpected status 500", True),
        (
            "load-test",
            "rollout",
            [FAILED, ("Advance cart.shop canary weight 10", False)],
            "no failures reported since",
            False,
        ),
        ("load", "rollout", [FAILED], "no failures reported (the controller", False),
        ("gate", "confirm-rollout", [], "no result yet", False),
    ],
)
def test_the_last_word_about_a_hook(
    name: str, kind: str, said: list[tuple[str, bool]], text: str, failed: bool
) -> None:
    answer = last_answer(hook(name, kind), entries(*said), analysing=True)
    assert text in answer.text
    assert answer.failed is failed


def test_a_rollout_hook_that_is_not_being_called_has_said_nothing() -> None:
    assert last_answer(hook("load-test"), entries(), analysing=False).text.startswith("no result yet")
