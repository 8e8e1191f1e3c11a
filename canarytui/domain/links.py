"""Links of a canary: to a dashboard, a runbook, a ticket. From its annotations and from templates of the person's own.

``canarytui.io/link`` and ``canarytui.io/link-TITLE`` are annotations; templates are URLs with ``$NAMESPACE $NAME
$TARGET $CONTEXT``. Both are data of others: a link is only what is a plain http or https URL. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlsplit

from msgspec import Struct

from canarytui.domain.sentences import links as words
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping

ANNOTATION = "canarytui.io/link"
VARIABLES = ("NAMESPACE", "NAME", "TARGET", "CONTEXT")

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_URL_LETTERS = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_MOST_LETTERS, _MOST_LINKS = 2000, 20


class Link(Struct, frozen=True):
    """`problem` says why it is none, "" when `url` is a plain http or https URL."""

    title: str
    url: str
    problem: str = ""


def links_of(canary: Canary, templates: Mapping[str, str], context: str) -> list[Link]:
    """The links of a canary, its own first; a title that comes twice is the canary's own."""
    found: dict[str, Link] = {}
    for title, url in (*_annotated(canary), *_filled(canary, templates, context)):
        found.setdefault(title, Link(title, url if not (why := problem_of(url)) else "", why))
    return list(found.values())[:_MOST_LINKS]


def problem_of(url: str) -> str:
    """Why `url` is not shown as a link; "" when it may be."""
    if len(url) > _MOST_LETTERS:
        return words.TOO_LONG.text(most=_MOST_LETTERS)
    if not _URL_LETTERS.fullmatch(url):
        return words.ODD_LETTERS.text()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return words.NO_URL.text()
    if parts.scheme not in ("http", "https"):
        return words.NOT_HTTP.text()
    if not host:
        return words.NO_URL.text()
    return words.WITH_PASSWORD.text() if "@" in parts.netloc else ""


def unknown_variables(template: str) -> list[str]:
    """The variables of a template that there are not."""
    return [name for found in _VARIABLE.finditer(template) if (name := found[1] or found[2]) not in VARIABLES]


def _annotated(canary: Canary) -> Iterator[tuple[str, str]]:
    annotations = as_mapping(as_mapping(canary.raw.get("metadata")).get("annotations"))
    for key in sorted(map(str, annotations)):
        if key == ANNOTATION or key.startswith(f"{ANNOTATION}-"):
            title = clean(key.removeprefix(ANNOTATION).removeprefix("-"), 60) or "link"
            yield title, str(annotations[key]).strip()


def _filled(canary: Canary, templates: Mapping[str, str], context: str) -> Iterator[tuple[str, str]]:
    values = {
        "NAMESPACE": canary.namespace,
        "NAME": canary.name,
        "TARGET": canary.spec.target.name,
        "CONTEXT": context,
    }
    for title, template in templates.items():
        yield (
            title,
            _VARIABLE.sub(
                lambda found: quote(values.get(found[1] or found[2], ""), safe="", errors="replace"), template
            ),
        )
