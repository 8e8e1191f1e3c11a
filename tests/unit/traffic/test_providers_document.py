"""The table of traffic providers in the documentation is what their records say."""

from __future__ import annotations

from pathlib import Path

from replacing import replace

from canarytui.domain.traffic import registry
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.engine.routers.providers import provider_names

DOCUMENT = Path(__file__).parents[3] / "docs" / "providers.md"
HEAD = [
    "| `spec.provider` | name | engine | weights shown | A/B | mirror | session affinity | primary's metrics "
    "| project |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
]


def row(provider: TrafficProvider) -> str:
    facts = (
        provider.name in provider_names(),
        provider.split is not None,
        provider.matches,
        provider.mirrors,
        provider.keeps_sessions,
        provider.queries.primary is not None,
    )
    project = f"{'maintained' if provider.upstream.alive else '**ended**'}: {provider.upstream.evidence}"
    cells = [f"`{provider.name}`", provider.title, *("yes" if fact else "–" for fact in facts), project]
    return f"| {' | '.join(cells)} |"


def test_the_documentations_table_is_that_of_the_records() -> None:
    wanted = [*HEAD, *map(row, registry.providers())]
    first, _, _ = DOCUMENT.read_text().partition("\n## ")
    found = [line for line in first.splitlines() if line.startswith("|")]
    assert found == wanted, "replace the table in docs/providers.md by:\n" + "\n".join(wanted)


def test_a_provider_that_is_retired_and_one_that_cannot_be_driven_look_so() -> None:
    nginx, traefik = registry.named("nginx"), registry.named("traefik")
    assert nginx is not None
    assert traefik is not None
    undriven = replace(traefik, name="traefik:next", split=None)
    assert "| **ended**: Its repository has been read-only" in row(nginx)
    assert row(undriven).startswith("| `traefik:next` | Traefik | – | – | – | – |")
