"""RBAC authorization from the stored roles and bindings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from canarytui.sandbox.apiserver.access.users import MASTERS, User
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.types.resources import ResourceType

Rule = Mapping[str, Any]
_GROUP = "rbac.authorization.k8s.io"
_ACCOUNT = "system:serviceaccount:"


class Authorizer:
    """Reads roles on every check, so that a new binding takes effect immediately."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._types: dict[str, ResourceType] = {
            plural: api.registry.find(_GROUP, plural)
            for plural in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")
        }

    def allowed(
        self,
        user: User,
        verb: str,
        group: str,
        resource: str,
        subresource: str,
        namespace: str | None,
        name: str,
    ) -> tuple[bool, str]:
        """Whether `user` may, and if so which binding allows it."""
        if MASTERS in user.groups:
            return True, ""
        full = f"{resource}/{subresource}" if subresource else resource
        for rule, why in self._rules(user, namespace):
            if rule_covers(rule, verb, group, full, subresource, name):
                return True, why
        return False, ""

    def allowed_path(self, user: User, verb: str, path: str) -> bool:
        """Whether `user` may access a non-resource path."""
        if MASTERS in user.groups:
            return True
        return any(
            verb in _or_any(rule.get("verbs"), verb) and _path_matches(rule.get("nonResourceURLs") or (), path)
            for rule, _ in self._rules(user, None)
        )

    def rules_of(self, user: User, namespace: str | None) -> list[Rule]:
        """All rules that apply to `user` in a namespace."""
        if MASTERS in user.groups:
            everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
            return [everything, {"verbs": ["*"], "nonResourceURLs": ["*"]}]
        return [rule for rule, _ in self._rules(user, namespace)]

    def _rules(self, user: User, namespace: str | None) -> Iterator[tuple[Rule, str]]:
        for binding in self._api.list(self._types["clusterrolebindings"]).items:
            yield from self._bound(user, binding, None)
        if namespace:
            for binding in self._api.list(self._types["rolebindings"], namespace).items:
                yield from self._bound(user, binding, namespace)

    def _bound(self, user: User, binding: Mapping[str, Any], namespace: str | None) -> Iterator[tuple[Rule, str]]:
        if not any(_is_subject(user, subject) for subject in binding.get("subjects") or ()):
            return
        reference = binding.get("roleRef") or {}
        clusterwide = reference.get("kind") == "ClusterRole"
        rt = self._types["clusterroles" if clusterwide else "roles"]
        role = self._api.find(rt, None if clusterwide else namespace, reference.get("name", ""))
        if role is None:
            return
        kind = "RoleBinding" if namespace else "ClusterRoleBinding"
        meta = binding["metadata"]
        shown = f"{meta['name']}/{meta['namespace']}" if namespace else meta["name"]
        subject = f'User "{user.name}"'
        why = f'RBAC: allowed by {kind} "{shown}" of {reference.get("kind")} "{reference.get("name")}" to {subject}'
        for rule in role.get("rules") or ():
            yield rule, why


def rule_covers(rule: Rule, verb: str, group: str, resource: str, subresource: str, name: str) -> bool:
    """Whether one policy rule covers a request for a resource (``pods`` or ``pods/log``)."""
    if verb not in _or_any(rule.get("verbs"), verb) or group not in _or_any(rule.get("apiGroups"), group):
        return False
    resources = rule.get("resources") or ()
    wildcard = f"*/{subresource}" if subresource else "*"
    if not {"*", resource, wildcard} & set(resources):
        return False
    names = rule.get("resourceNames") or ()
    return not names or (bool(name) and name in names)


def _or_any(values: Any, wanted: str) -> list[str]:
    listed = list(values or ())
    return [wanted] if "*" in listed else listed


def _path_matches(patterns: Any, path: str) -> bool:
    return any(
        pattern in ("*", path) or (pattern.endswith("*") and path.startswith(pattern[:-1])) for pattern in patterns
    )


def _is_subject(user: User, subject: Mapping[str, Any]) -> bool:
    kind, name = subject.get("kind"), subject.get("name")
    if kind == "User":
        return name == user.name
    if kind == "Group":
        return name in user.groups
    return kind == "ServiceAccount" and user.name == f"{_ACCOUNT}{subject.get('namespace', '')}:{name}"
