"""How a person silences a rule on one object: an annotation, or a comment in its manifest, always with a reason."""

import re
from collections.abc import Mapping

from msgspec import Struct

IGNORE_ANNOTATION = "canarytui.io/ignore"

_COMMENT = re.compile(r"#\s*canarytui:\s*ignore\s+(?P<text>\S.*)$")


class Silence(Struct, frozen=True):
    """A rule that is not to be reported on an object. Without a `reason` it silences nothing."""

    rule: str
    reason: str


def silences_in_annotations(annotations: Mapping[str, str]) -> tuple[Silence, ...]:
    """The silences of `canarytui.io/ignore: "rule: reason; rule: reason"`, in its order."""
    return tuple(_silence(part) for part in annotations.get(IGNORE_ANNOTATION, "").split(";") if part.strip())


def silence_in_comment(line: str) -> Silence | None:
    """The silence of a line that ends in `# canarytui: ignore rule: reason`; None where it has none."""
    found = _COMMENT.search(line)
    return _silence(found["text"]) if found else None


def _silence(text: str) -> Silence:
    rule, _, reason = text.partition(":")
    return Silence(rule.strip(), reason.strip())
