"""Prevents privilege escalation: nobody may grant rights that they do not have.

As in Kubernetes, writing a role needs all its rights, or the verb ``escalate`` on it; binding one needs all the
role's rights, or the verb ``bind``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.access.rbac import Authorizer, rule_covers
from canarytui.sandbox.apiserver.access.users import MASTERS, User
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.types.resources import ResourceType

Rule = Mapping[str, Any]
_GROUP = "rbac.authorization.k8s.io"
_ROLES = ("roles", "clusterroles")
_BINDINGS = ("rolebindings", "clusterrolebindings")


def concerns_rights(rt: ResourceType, user: User) -> bool:
    """Whether this user's writes to this resource must be checked."""
    return rt.group == _GROUP and MASTERS not in user.groups


def check_escalation(
    api: Api, authorizer: Authorizer, user: User, rt: ResourceType, namespace: str | None, obj: Mapping[str, Any]
) -> None:
    """Raise :class:`StatusError` 403 when `obj` (a role or a binding to be written) grants more than `user` has."""
    if not concerns_rights(rt, user):
        return
    name = str((obj.get("metadata") or {}).get("name") or "")
    if rt.plural in _ROLES:
        verb, rules, target = "escalate", obj.get("rules") or [], (rt.plural, name)
    elif rt.plural in _BINDINGS:
        reference = obj.get("roleRef") or {}
        plural = "clusterroles" if reference.get("kind") == "ClusterRole" else "roles"
        bound = str(reference.get("name") or "")
        role = api.find(api.registry.find(_GROUP, plural), namespace if plural == "roles" else None, bound)
        verb, rules, target = "bind", None if role is None else role.get("rules") or [], (plural, bound)
    else:
        return
    allowed, _ = authorizer.allowed(user, verb, _GROUP, target[0], "", namespace, target[1])
    if allowed:
        return
    if rules is None:  # its rules are unknown: it may not exist yet
        raise errors.not_found(api.registry.find(_GROUP, target[0]), target[1])
    own = authorizer.rules_of(user, namespace)
    missing = [rule for rule in rules if not _covered(rule, own)]
    if missing:
        groups = " ".join(f'"{group}"' for group in user.groups)
        lines = "\n".join(_shown(rule) for rule in missing)
        raise errors.forbidden(
            rt,
            name,
            f'user "{user.name}" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n'
            f"{lines}",
        )


def _covered(rule: Rule, own: list[Rule]) -> bool:
    return all(any(rule_covers(each, *right) for each in own) for right in _rights(rule)) and all(
        any(_path_covered(each, verb, path) for each in own)
        for verb, path in itertools.product(rule.get("verbs") or (), rule.get("nonResourceURLs") or ())
    )


def _rights(rule: Rule) -> Iterator[tuple[str, str, str, str, str]]:
    names = rule.get("resourceNames") or ("",)
    for verb, group, resource, name in itertools.product(
        rule.get("verbs") or (), rule.get("apiGroups") or (), rule.get("resources") or (), names
    ):
        yield verb, group, resource, resource.partition("/")[2], name


def _path_covered(rule: Rule, verb: str, path: str) -> bool:
    verbs, paths = rule.get("verbs") or (), rule.get("nonResourceURLs") or ()
    return (verb in verbs or "*" in verbs) and any(
        each in ("*", path) or (each.endswith("*") and path.startswith(each[:-1])) for each in paths
    )


def _shown(rule: Rule) -> str:
    fields = (("APIGroups", "apiGroups"), ("Resources", "resources"), ("ResourceNames", "resourceNames"),
              ("NonResourceURLs", "nonResourceURLs"), ("Verbs", "verbs"))  # fmt: skip
    parts = [f"{title}:{_listed(rule[key])}" for title, key in fields if rule.get(key)]
    return "{" + ", ".join(parts) + "}"


def _listed(values: Any) -> str:
    return "[" + " ".join(f'"{value}"' for value in values) + "]"
