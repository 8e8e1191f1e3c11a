"""Which findings a person has silenced, by an annotation or a comment, and which silences say too little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.findings.silencing import (
    IGNORE_ANNOTATION,
    Silence,
    silence_in_comment,
    silences_in_annotations,
)
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping

WITHOUT_REASON = Rule(
    "silence-without-reason", Severity.WARNING, "A rule is silenced without a reason, so it is still reported."
)
UNKNOWN_RULE = Rule("silence-of-unknown-rule", Severity.WARNING, "A rule is silenced that does not exist.")


def of_object(obj: Mapping[str, object]) -> tuple[Silence, ...]:
    """The silences that an object's annotation asks for."""
    annotations = as_mapping(as_mapping(obj.get("metadata")).get("annotations"))
    value = annotations.get(IGNORE_ANNOTATION)
    return silences_in_annotations({IGNORE_ANNOTATION: value}) if isinstance(value, str) else ()


def of_line(lines: Sequence[str], number: int) -> tuple[Silence, ...]:
    """The silences in the comments of a line (from 1) and of the comment lines right above it."""
    found = [silence_in_comment(lines[number - 1])] if 0 < number <= len(lines) else []
    above = number - 2
    while 0 <= above < len(lines) and lines[above].lstrip().startswith("#"):
        found.append(silence_in_comment(lines[above]))
        above -= 1
    return tuple(each for each in found if each is not None)


def reason_for(rule: Rule, silences: Sequence[Silence]) -> str:
    """Why a rule is silenced; "" where it is not, or where nobody says why."""
    return next((each.reason for each in silences if each.rule == rule.id and each.reason), "")


def problems_of(silences: Sequence[Silence], known: Mapping[str, Rule]) -> Iterator[tuple[Rule, str, str]]:
    """The rule, the message and the remedy for each silence that does not work."""
    for silence in silences:
        name = clean(silence.rule, 60)
        if silence.rule not in known:
            yield UNKNOWN_RULE, f"There is no rule {name!r} to be silenced.", "Correct the name (docs/lint.md)."
        elif not silence.reason:
            yield (
                WITHOUT_REASON,
                f"{name} is silenced without a reason, so it is still reported.",
                f"Write {name}: and why.",
            )
