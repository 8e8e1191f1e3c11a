"""Unexpected errors."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

DETAILS = Sentence(
    "crash.details",
    "Something unexpected went wrong ({what}): the details are in {path}.",
    evidence="the error was caught by nothing else, and its traceback was written to that file",
    otherwise="crash.no_details",
)
NO_DETAILS = Sentence(
    "crash.no_details",
    "Something unexpected went wrong ({what}); the details could not be written ({trouble}).",
    evidence="the error was caught by nothing else, and the file could not be written for that reason",
)
OUTPUT_FULL = Sentence(
    "crash.output_full",
    "Standard output cannot be written ({reason}): free disk space, or send it elsewhere.",
    evidence="the system's error says that the disk or the quota is full",
    otherwise="crash.output",
)
OUTPUT = Sentence(
    "crash.output",
    "Standard output cannot be written ({reason}): send it elsewhere.",
    evidence="the system's error when an answer was written",
)
SCREEN_ENDED = Sentence(
    "crash.screen_ended",
    "the screen ended by itself",
    evidence="the app ended without an exit code and without an error",
)
