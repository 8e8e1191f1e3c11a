"""What a drill remembers: values of checks at a bounded rate, and a line for each change."""

from __future__ import annotations

from datetime import timedelta

from drilled import NOW, situation
from replacing import replace

from canarytui.domain.rollout.checks import Check
from canarytui.domain.sentences import drill_run as words
from canarytui.drills.drill_log import DrillLog


def test_a_value_is_kept_when_it_is_new_or_some_seconds_old() -> None:
    log = DrillLog()
    now = replace(situation(), checks=(Check("request-success-rate", 99.0, None, "%", value=100.0, asked=True),))
    for second in range(12):
        log.take_in(NOW + timedelta(seconds=second), None, now)
    worse = replace(now, checks=(replace(now.checks[0], value=50.0),))
    log.take_in(NOW + timedelta(seconds=12), now, worse)
    kept = [((point.at - NOW).total_seconds(), point.value, point.bound) for point in log.points]
    assert kept == [(0, 100.0, 99.0), (5, 100.0, 99.0), (10, 100.0, 99.0), (12, 50.0, 99.0)]


def test_a_check_that_was_never_asked_has_no_value() -> None:
    log = DrillLog()
    log.take_in(NOW, None, replace(situation(), checks=(Check("own", 1.0, None, "", value=1.0),)))
    assert log.points == ()


def test_changes_are_lines_and_failures_are_warnings() -> None:
    log = DrillLog()
    before, after = situation(), situation(canaryWeight=25, failedChecks=1, phase="Failed")
    log.take_in(NOW, None, before)
    assert log.entries == ()
    log.take_in(NOW, before, after)
    assert [(entry.text, entry.warning) for entry in log.entries] == [
        (words.PHASE.text(before="Progressing", now="Failed"), True),
        (words.WEIGHT.text(before=20, now=after.weight), False),
        (words.FAILED_CHECKS.text(count=1, threshold=10), True),
    ]


def test_only_the_latest_lines_are_kept() -> None:
    log = DrillLog()
    for weight in range(600):
        log.note(NOW, words.WEIGHT.say(before=weight, now=weight + 1))
    assert len(log.entries) == 500
    assert log.entries[-1].text == words.WEIGHT.text(before=599, now=600)
