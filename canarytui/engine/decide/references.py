"""What a canary may not refer to although its schema allows it: other namespaces' objects, one cookie for both sides,
a target that the provider cannot have.

Flagger logs this for a new canary and ignores it; one in progress continues. Here the
canary gets a warning at every tick.
"""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.spec.phases import Phase
from canarytui.domain.traffic import registry
from canarytui.engine.decide.tick import EndTick, Tick


def require_own_namespace(tick: Tick) -> None:
    """Refuse references to other namespaces, if the controller's flag says so.

    Raises:
        EndTick: the first such reference.
    """
    if not tick.settings.no_cross_namespace_refs:
        return
    for what, name, namespace in _references(tick):
        if namespace and namespace != tick.canary.namespace:
            raise EndTick(f"can't access {what} {name}.{namespace}, cross-namespace references are blocked")


def ignored(tick: Tick) -> str:
    """Why Flagger ignores this canary, "" if it does not; strict mode only."""
    if not tick.settings.strict or tick.phase is not Phase.NONE:
        return ""
    return _same_cookie(tick) or _wrong_target(tick)


def require_possible(tick: Tick) -> None:
    """Refuse session affinity that cannot distinguish the primary's users from the canary's, and a target that does
    not go with the provider.

    Raises:
        EndTick: both cookies have the same name, or the target's kind is another than the provider's.
    """
    problem = "" if tick.settings.strict else _same_cookie(tick) or _wrong_target(tick)
    if problem:
        raise EndTick(problem)


def _same_cookie(tick: Tick) -> str:
    wanted = tick.canary.spec.analysis.session_affinity
    name = wanted.get("cookieName")
    if not name or name != wanted.get("primaryCookieName"):
        return ""
    return "can't use the same cookie name for both primary and cookie name; please update them to be different"


def _wrong_target(tick: Tick) -> str:
    """Of providers whose target splits its traffic itself."""
    needed, provider, spec = registry.of_target(tick.canary), registry.named(tick.provider), tick.canary.spec
    if needed is not None and needed is not provider:
        return f"can't use {tick.provider} provider with {needed.title} {spec.target.kind} as target"
    if needed is None and provider is not None and provider.target is not None:
        target = f"{spec.target.api_version}/{spec.target.kind}"
        return f"can't use {target} as target if provider is set to {tick.provider}"
    if needed is not None and spec.autoscaler is not None:
        return f"can't use autoscaler with {needed.title} {spec.target.kind}"
    return ""


def _references(tick: Tick) -> Iterator[tuple[str, str, str]]:
    """What it is, name, and namespace as written; "" is the canary's own."""
    upstream = (tick.canary.raw.get("spec") or {}).get("upstreamRef") or {}
    yield "gloo upstream", str(upstream.get("name") or ""), str(upstream.get("namespace") or "")
    analysis = tick.canary.spec.analysis
    for metric in analysis.metrics:
        yield "metric template", metric.template_name, metric.template_namespace
    for alert in analysis.alerts:
        yield "alert provider", alert.provider_name, alert.provider_namespace
