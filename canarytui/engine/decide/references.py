"""With ``-no-cross-namespace-refs``, a canary may refer to objects of its own namespace only.

Flagger says so in its log and never looks at such a canary; here the canary is told at every tick.
"""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.engine.decide.tick import EndTick, Tick


def require_own_namespace(tick: Tick) -> None:
    """Refuse references that lead elsewhere, where the controller was told to.

    Raises:
        EndTick: the first such reference.
    """
    if not tick.settings.no_cross_namespace_refs:
        return
    for what, name, namespace in _references(tick):
        if namespace and namespace != tick.canary.namespace:
            raise EndTick(f"can't access {what} {name}.{namespace}, cross-namespace references are blocked")


def _references(tick: Tick) -> Iterator[tuple[str, str, str]]:
    """What it is, name, and namespace as written; "" is the canary's own."""
    upstream = (tick.canary.raw.get("spec") or {}).get("upstreamRef") or {}
    yield "gloo upstream", str(upstream.get("name") or ""), str(upstream.get("namespace") or "")
    analysis = tick.canary.spec.analysis
    for metric in analysis.metrics:
        yield "metric template", metric.template_name, metric.template_namespace
    for alert in analysis.alerts:
        yield "alert provider", alert.provider_name, alert.provider_namespace
