"""A provider whose project has ended is labelled; one that lives, or that nobody knows, is not."""

from __future__ import annotations

import pytest
from traffic_canary import canary

from canarytui.domain.traffic.retirement import retired_words


@pytest.mark.parametrize(
    ("own", "controllers", "words"),
    [
        ("linkerd", "", "Linkerd (SMI) is retired. linkerd-smi has been dormant since February 2024;"),
        ("", "smi:v1alpha1:istio", "SMI v1alpha1 is retired. CNCF archived it in October 2023;"),
        ("kuma", "traefik", "Kuma's TrafficRoute is retired. Kuma 3.0 removed"),
        ("osm", "traefik", "Open Service Mesh is retired. CNCF archived it in 2023."),
        ("traefik", "osm", ""),
        ("", "", ""),
        ("none-such", "", ""),
    ],
)
def test_it_is_said_what_upstream_has_retired(own: str, controllers: str, words: str) -> None:
    said = retired_words(canary(provider=own), controllers)
    assert said.startswith(words)
    assert bool(said) == bool(words)
