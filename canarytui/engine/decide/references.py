"""What a canary may not ask for although the API server takes it: other namespaces' objects, one cookie for two.

Of such a canary that is new, Flagger says so in its log and never looks at it; one that is at work goes on. Here the
canary is told at every tick.
"""

from __future__ import annotations

from collections.abc import Iterator

from canarytui.domain.phases import Phase
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


def ignored(tick: Tick) -> str:
    """Why Flagger never looks at this canary, "" if it does; only asked when strict."""
    if not tick.settings.strict or tick.phase is not Phase.NONE:
        return ""
    return _same_cookie(tick)


def require_two_cookies(tick: Tick) -> None:
    """Refuse session affinity by which the primary's users and the canary's could not be told apart.

    Raises:
        EndTick: both cookies have the same name.
    """
    problem = "" if tick.settings.strict else _same_cookie(tick)
    if problem:
        raise EndTick(problem)


def _same_cookie(tick: Tick) -> str:
    wanted = tick.canary.spec.analysis.session_affinity
    name = wanted.get("cookieName")
    if not name or name != wanted.get("primaryCookieName"):
        return ""
    return "can't use the same cookie name for both primary and cookie name; please update them to be different"


def _references(tick: Tick) -> Iterator[tuple[str, str, str]]:
    """What it is, name, and namespace as written; "" is the canary's own."""
    upstream = (tick.canary.raw.get("spec") or {}).get("upstreamRef") or {}
    yield "gloo upstream", str(upstream.get("name") or ""), str(upstream.get("namespace") or "")
    analysis = tick.canary.spec.analysis
    for metric in analysis.metrics:
        yield "metric template", metric.template_name, metric.template_namespace
    for alert in analysis.alerts:
        yield "alert provider", alert.provider_name, alert.provider_namespace
