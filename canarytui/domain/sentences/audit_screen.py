"""The audit log screen, around its records."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

EMPTY = Sentence(
    "audit_screen.empty",
    "Nothing has been done from this machine yet.",
    evidence="the audit log has no record",
)
SLICES = Sentence(
    "audit_screen.slices",
    "{sent:n request} in {slices:n slice}{answers}{failures}",
    evidence="the records of one drill's slices",
)
FAILURES = Sentence(
    "audit_screen.failures",
    "; {count} failed: {error}",
    evidence="the records of slices that could not be sent",
)
DRILL = Sentence(
    "audit_screen.drill",
    "Drill {drill} on {canary}",
    evidence="the record's own fields",
)
NO_END = Sentence(
    "audit_screen.no_end",
    "(no end recorded)",
    evidence="the record has an id, and no later record with it says how that ended: it goes on, or was killed",
)
