"""No module but a provider's record and its router names a provider: what differs is in the record."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import canarytui
from canarytui.domain.traffic import registry
from canarytui.domain.traffic.ingresses import INGRESSES

PACKAGE = Path(canarytui.__file__).parent
HOME = ("domain/traffic/", "engine/routers/")
OTHERWISE = {
    "cli/sandbox.py": "help: which part the sandbox's gateway plays",
    "console/demo_fixture": "a fixed cluster, which has one provider",
    "domain/sentences/command_sandbox.py": "a sentence: which part the sandbox's gateway plays",
    "domain/sentences/gameday.py": "a sentence with an image for example",
    "engine/decide/references.py": "Flagger's words for spec.upstreamRef",
    "engine/replay/": "how recordings name objects",
    "engine/workloads/knative.py": "Flagger's words for a target of Knative's",
    "lint/schema/fields.py": "Flagger's definition of a Canary, whose values are the providers' names",
    "migration/": "translates one provider's objects into another's",
    "sandbox/": "plays a cluster that has Traefik or ingress-nginx: its objects, its metrics, its gateway",
}
"""Modules and rooms, by how their paths begin, that may name a provider, and why."""
AMBIGUOUS = {"Service", "services", "Revision", "revisions"}
"""What a provider's kinds are called, and other things, too."""


@cache
def naming() -> re.Pattern[str]:
    """Names of providers, of the kinds that only they have, and of their API groups."""
    names = {each.family for each in registry.providers()} - {"kubernetes"}
    for each in registry.providers():
        entrances = [resource for entrance in each.entrances for resource in entrance.resources]
        for resource in {*(routing.resource for routing in each.objects), *entrances} - {INGRESSES}:
            names |= {resource.kind, resource.group, resource.plural} - AMBIGUOUS
    return re.compile(rf"(?<![a-z])({'|'.join(sorted(map(re.escape, names)))}|smi)(?![a-z])", re.IGNORECASE)


def literals(source: str) -> Iterator[str]:
    """Strings in code that name a provider; docstrings do not count."""
    tree, named = ast.parse(source), naming()
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
        if literal and named.search(node.value):
            yield node.value


def compares_with_kubernetes(source: str) -> bool:
    """Whether a provider is compared with ``kubernetes``: a name that means other things elsewhere."""
    return re.search(r"provider\w*(\(\))?\s*(==|!=|in|not in)\s*\(?[\"']kubernetes", source) is not None


@cache
def named_in(source: str) -> tuple[str, ...]:
    """:func:`literals` of a module, once."""
    return tuple(literals(source))


def modules() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(HOME):
            yield name, path.read_text()


def test_no_other_module_names_a_provider() -> None:
    found = {}
    for name, source in modules():
        if not name.startswith(tuple(OTHERWISE)):
            named = list(named_in(source))
            if named or compares_with_kubernetes(source):
                found[name] = named or ["kubernetes"]
    assert found == {}, "look at the provider's record (canarytui/domain/traffic/) instead"


def test_exceptions_are_needed() -> None:
    used = {name for name, source in modules() if named_in(source)}
    assert [each for each in OTHERWISE if not any(name.startswith(each) for name in used)] == []


def test_a_name_is_found_wherever_it_stands() -> None:
    for text in ('if provider == "istio": ...', 'x = f"{y}-traefik.io/v1"', 'K = "HTTPRoute"', '_A = ("gloo",)',
                 'x = "smi:v1alpha1"', 'x = "gatewayapi:v1"', 'x = "nginx.ingress.kubernetes.io"'):  # fmt: skip
        assert list(literals(text)), text
    assert not list(literals('"""Istio\'s."""\nx = "osmosis"  # nginx'))
    assert compares_with_kubernetes('if tick.provider == "kubernetes":')
    assert not compares_with_kubernetes('labels["app.kubernetes.io/name"]')
