"""What ``doctor`` says beside its findings."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNREAD = Sentence(
    "command_doctor.unread",
    "not examined: {what} ({reason})",
    evidence="the API server's answer to reading it",
)
