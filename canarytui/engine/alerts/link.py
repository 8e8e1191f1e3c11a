"""The link in an alert: the controller's ``-alert-link`` with the canary's names filled in."""

from __future__ import annotations

import re
from urllib.parse import quote

from canarytui.domain.spec.canary import Canary

VARIABLES = ("namespace", "name", "target", "cluster")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def link_to(template: str, canary: Canary, cluster: str) -> str:
    """The URL for a canary, "" for an empty template. Values are percent-encoded."""
    values = {
        "namespace": canary.namespace,
        "name": canary.name,
        "target": canary.target_name,
        "cluster": cluster,
    }
    return _filled(template, values)


def unknown_variables(template: str) -> list[str]:
    """What stands in braces and is no variable, as written."""
    rest = _VARIABLE.sub(lambda found: "" if found[1] in VARIABLES else found[0], template)
    return re.findall(r"\{\{[^}]*\}?\}?|\}\}", rest)


def sample(template: str) -> str:
    """The template with an ``x`` for each variable: what can be checked for being a URL."""
    return _filled(template, dict.fromkeys(VARIABLES, "x"))


def _filled(template: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: quote(values.get(found[1], found[0]), safe="", errors="replace"), template)
