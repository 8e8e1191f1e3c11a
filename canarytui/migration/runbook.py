"""The steps of a migration, in order: what to run, what must be seen before the next one, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from msgspec import Struct

from canarytui.domain.text.plain import clean
from canarytui.migration.counterparts import FieldNote

_WIDTH = 110
_LINE_MOST = 2000


class RunbookStep(Struct, frozen=True):
    """`commands` are run; `check` are commands with what they must show; `back` undoes the step."""

    title: str
    commands: tuple[str, ...] = ()
    check: tuple[tuple[str, str], ...] = ()
    back: tuple[str, ...] = ()


class Migration(Struct, frozen=True):
    """What `canarytui migrate` prints about one object.

    Attributes:
        subject: ``canary podinfo.test``.
        way: ``NGINX to the Gateway API``.
        manifests: to be applied; no object of a cluster is changed by printing them.
        decide: what a person must decide or know first.
        missing: fields without a counterpart.
        changed: fields with one that differs.
    """

    subject: str
    way: str
    manifests: tuple[dict[str, object], ...]
    runbook: tuple[RunbookStep, ...]
    decide: tuple[str, ...] = ()
    missing: tuple[FieldNote, ...] = ()
    changed: tuple[FieldNote, ...] = ()


def runbook_lines(migration: Migration) -> Iterator[str]:
    """The whole text beside the manifests; no line can leave the comment that it is put into."""
    for line in _lines(migration):
        indented = len(line) - len(line.lstrip(" "))
        yield line[:indented] + clean(line[indented:], _LINE_MOST)


def _lines(migration: Migration) -> Iterator[str]:
    yield f"{migration.subject}: {migration.way}"
    yield ""
    yield from _section("DECIDE FIRST", [(each,) for each in migration.decide])
    yield from _section("NO COUNTERPART", [(each.line(),) for each in migration.missing], empty="nothing is lost")
    yield from _section("DIFFERENT", [(each.line(),) for each in migration.changed])
    yield "RUNBOOK"
    for number, step in enumerate(migration.runbook, 1):
        yield from _folded(f"{number}. {step.title}", "", "   ")
        yield from (f"     {command}" for command in step.commands)
        for command, expected in step.check:
            yield f"   check: {command}"
            yield from _folded(f"-> {expected}", "          ", "             ")
        yield from (f"   back:  {command}" for command in step.back)


def _section(title: str, items: Sequence[tuple[str, ...]], *, empty: str = "") -> Iterator[str]:
    if not items and not empty:
        return
    yield title if items else f"{title}: {empty}"
    for (text,) in items:
        yield from _folded(f"- {text}", "", "  ")
    yield ""


def _folded(text: str, first: str, rest: str) -> Iterator[str]:
    yield from wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
