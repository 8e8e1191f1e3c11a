"""``lint``: what is not read, and that nothing was there to be linted."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNREADABLE = Sentence(
    "command_lint.unreadable",
    "Cannot read {file}: {why}.",
    evidence="the operating system refused to open or to read it, and said why",
)
TOO_LARGE = Sentence(
    "command_lint.too_large",
    "{file} has more than {most} MiB, which is no manifest.",
    evidence="so many bytes were read, and there were more",
)
TOO_MANY = Sentence(
    "command_lint.too_many",
    "More than {most} files: give fewer folders.",
    evidence="so many files were found",
)
NOTHING = Sentence(
    "command_lint.nothing",
    "No Canary, MetricTemplate or AlertProvider in {paths}",
    evidence="no object of these kinds was read from them",
)
NO_RATE = Sentence(
    "command_lint.no_rate",
    "{given} is no rate: give requests per second, such as 20 or 0.5",
    evidence="it is no number, below 0, or beyond a billion",
)
