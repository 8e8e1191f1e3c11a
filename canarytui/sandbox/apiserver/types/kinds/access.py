"""Roles and their bindings, and the reviews that clients create to ask about access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import names
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import CREATED_AT, Printer, age_of, columns
from canarytui.sandbox.apiserver.types.resources import CREATE_ONLY
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

_RBAC = "rbac.authorization.k8s.io"


class RoleStrategy(KindStrategy):
    """Names of roles may hold colons."""

    def name_problems(self, name: str) -> list[str]:
        return names.path_segment(name)


class RoleBindingStrategy(RoleStrategy):
    """The role that is bound may not change; subjects get their API group."""

    def default(self, obj: KubernetesObject) -> None:
        role = obj.get("roleRef")
        if isinstance(role, dict):
            role.setdefault("apiGroup", _RBAC)
        for subject in obj.get("subjects") or ():
            if subject.get("kind") in ("User", "Group"):
                subject.setdefault("apiGroup", _RBAC)

    def validate_update(self, obj: KubernetesObject, old: KubernetesObject) -> list[Cause]:
        if obj.get("roleRef") != old.get("roleRef"):
            return [problems.wrong("roleRef", obj.get("roleRef"), "cannot change roleRef")]
        return []


def _binding(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    role = obj.get("roleRef") or {}
    found: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for subject in obj.get("subjects") or ():
        name = subject.get("name", "")
        full = f"{subject.get('namespace', '')}/{name}" if subject.get("kind") == "ServiceAccount" else name
        found.setdefault(subject.get("kind", ""), []).append(full)
    subjects = [", ".join(found[kind]) for kind in ("User", "Group", "ServiceAccount")]
    return [f"{role.get('kind')}/{role.get('name')}", age_of(obj, now), *subjects]


_BINDING = Printer(columns("Role|Age", "Users|Groups|ServiceAccounts"), _binding)
ROLE = ResourceKind(name="Role", plural="roles", group=_RBAC, strategy=RoleStrategy, printer=CREATED_AT)
CLUSTER_ROLE = ResourceKind(
    name="ClusterRole", plural="clusterroles", group=_RBAC, namespaced=False, strategy=RoleStrategy, printer=CREATED_AT
)
ROLE_BINDING = ResourceKind(
    name="RoleBinding", plural="rolebindings", group=_RBAC, strategy=RoleBindingStrategy, printer=_BINDING
)
CLUSTER_ROLE_BINDING = ResourceKind(
    name="ClusterRoleBinding",
    plural="clusterrolebindings",
    group=_RBAC,
    namespaced=False,
    strategy=RoleBindingStrategy,
    printer=_BINDING,
)


def _review(group: str, name: str, *, namespaced: bool = False) -> ResourceKind:
    plural = f"{name.lower()}s"
    return ResourceKind(name=name, plural=plural, group=group, namespaced=namespaced, verbs=CREATE_ONLY)


REVIEWS = (
    _review("authentication.k8s.io", "TokenReview"),
    _review("authentication.k8s.io", "SelfSubjectReview"),
    _review("authorization.k8s.io", "SubjectAccessReview"),
    _review("authorization.k8s.io", "SelfSubjectAccessReview"),
    _review("authorization.k8s.io", "SelfSubjectRulesReview"),
    _review("authorization.k8s.io", "LocalSubjectAccessReview", namespaced=True),
)
