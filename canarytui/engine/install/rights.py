"""The rights of the controller's account, as RBAC rules: only what it uses.

``tests/e2e/test_controller_process.py`` compares them with the requests of whole rollouts, and
``tests/unit/traffic/test_rights_of_each_provider.py`` those for each provider with what its router does. Every account
may ask about its own rights (SelfSubjectAccessReview).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from canarytui.cluster import resources
from canarytui.cluster.resources import Resource
from canarytui.engine.routers.providers import provider_names, record_named
from canarytui.engine.runtime.leader import LEASE
from canarytui.errors import UsageError
from canarytui.metrics.providers.base import ApiRight
from canarytui.metrics.providers.registry import PROVIDERS, provider_class

Rule = dict[str, Any]
_FOLLOW = ("list", "watch")
_WRITE = ("create", "update")
_AFTER_CONFLICT = "get"
"""After a conflict the object is read again."""


def rules(providers: Iterable[str]) -> list[Rule]:
    """What canaries of these providers need, in each namespace that is watched.

    Raises:
        UsageError: a provider that this controller does not know.
    """
    return _joined([*_common(), *(rule for provider in providers for rule in _routing_rules(provider))])


def cluster_rules(providers: Iterable[str]) -> list[Rule]:
    """Those of :func:`rules` about objects that have no namespace: a role in one namespace cannot grant them.

    Raises:
        UsageError: a provider that this controller does not know.
    """
    return _joined(rule for provider in providers for rule in _routing_rules(provider, namespaced=False))


def rules_by_provider() -> dict[str, Any]:
    """The same as data for the Helm chart: ``common`` rules, those of each of ``providers``, which of these are about
    objects that have no namespace (``clusterScoped``), ``leaderElection``."""
    providers = {name: _joined(_routing_rules(name)) for name in provider_names()}
    return {
        "common": _joined(_common()),
        "providers": providers,
        "clusterScoped": cluster_rules(provider_names()),
        "leaderElection": election_rules(),
    }


def election_rules() -> list[Rule]:
    """What leader election needs in the namespace of its Lease."""
    return [_rule(resources.LEASES, "create"), {**_rule(resources.LEASES, "get", "update"), "resourceNames": [LEASE]}]


def _routing_rules(provider: str, *, namespaced: bool | None = None) -> list[Rule]:
    """`namespaced`: only about objects that have a namespace, or only about those that have none; None is both."""
    record = record_named(provider)
    if record is None:
        raise UsageError(f"--mesh-provider {provider} is none that this controller knows.")
    return [
        _rule(routing.resource, *routing.verbs)
        for routing in record.objects
        if namespaced in (None, routing.resource.namespaced)
    ]


def _rule(resource: Resource, *verbs: str, of: str = "") -> Rule:
    """`of` is a subresource."""
    name = f"{resource.plural}/{of}" if of else resource.plural
    return {"apiGroups": [resource.group], "resources": [name], "verbs": list(verbs)}


def _joined(single: Iterable[Rule]) -> list[Rule]:
    """Rules of one group with the same verbs as one rule."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for rule in single:
        names = found.setdefault((rule["apiGroups"][0], tuple(rule["verbs"])), [])
        names += [name for name in rule["resources"] if name not in names]
    return [{"apiGroups": [group], "resources": names, "verbs": list(verbs)} for (group, verbs), names in found.items()]


def _common() -> list[Rule]:
    """What every canary needs, whatever metric providers its templates name: those are known only when it runs."""
    rights = (right for type_ in PROVIDERS for right in provider_class(type_).rights)
    return [*_COMMON, *map(_metric_rule, rights)]


def _metric_rule(right: ApiRight) -> Rule:
    return {"apiGroups": [right.group], "resources": list(right.resources), "verbs": list(right.verbs)}


_COMMON = (
    _rule(resources.CANARIES, _AFTER_CONFLICT, *_FOLLOW, "update"),
    _rule(resources.CANARIES, "patch", of="status"),
    # Owner references that block the owner's deletion require the right to set its finalizers.
    _rule(resources.CANARIES, "update", of="finalizers"),
    _rule(resources.METRIC_TEMPLATES, *_FOLLOW),
    _rule(resources.ALERT_PROVIDERS, *_FOLLOW),
    _rule(resources.DEPLOYMENTS, _AFTER_CONFLICT, *_FOLLOW, *_WRITE, "patch"),
    _rule(resources.DAEMONSETS, _AFTER_CONFLICT, *_FOLLOW, *_WRITE, "patch"),
    _rule(resources.HPAS, _AFTER_CONFLICT, *_FOLLOW, *_WRITE),
    _rule(resources.SCALED_OBJECTS, _AFTER_CONFLICT, *_FOLLOW, *_WRITE, "patch"),
    _rule(resources.SERVICES, _AFTER_CONFLICT, *_FOLLOW, *_WRITE),
    _rule(resources.CONFIGMAPS, _AFTER_CONFLICT, *_FOLLOW, *_WRITE),
    _rule(resources.SECRETS, _AFTER_CONFLICT, *_FOLLOW, *_WRITE),
    # Events and Leases are listed to detect a Flagger that runs outside the cluster.
    _rule(resources.EVENTS, "list", "create", "patch"),
    _rule(resources.LEASES, "list"),
)
