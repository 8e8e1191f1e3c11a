"""Authorization by stored roles and bindings."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.access.bootstrap import bootstrap_rbac
from canarytui.sandbox.apiserver.access.rbac import Authorizer
from canarytui.sandbox.apiserver.access.users import User
from canarytui.sandbox.apiserver.api import Api

_GROUP = "rbac.authorization.k8s.io"
JANE = User("jane", groups=("system:authenticated",))


@pytest.fixture
def api() -> Api:
    made = Api()
    for name in ("a", "b"):
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        made.create(made.registry.get("", "v1", "namespaces"), None, namespace)
    for obj in bootstrap_rbac():
        plural = obj["kind"].lower() + "s"
        made.create(made.registry.find(_GROUP, plural), None, obj)
    return made


def role(api: Api, namespace: str, rules: list[dict[str, Any]]) -> None:
    obj = {"apiVersion": f"{_GROUP}/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": rules}
    api.create(api.registry.find(_GROUP, "roles"), namespace, obj)


def bind(api: Api, namespace: str, kind: str, name: str, subject: dict[str, Any]) -> None:
    obj = {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "b"},
        "roleRef": {"apiGroup": _GROUP, "kind": kind, "name": name},
        "subjects": [subject],
    }
    api.create(api.registry.find(_GROUP, "rolebindings"), namespace, obj)


def user(name: str) -> dict[str, Any]:
    return {"apiGroup": _GROUP, "kind": "User", "name": name}


def may(api: Api, who: User, verb: str, resource: str, namespace: str | None = "a", *, sub: str = "", name: str = "",
        group: str = "") -> bool:  # fmt: skip
    return Authorizer(api).allowed(who, verb, group, resource, sub, namespace, name)[0]


def test_nobody_may_anything_without_a_binding(api: Api) -> None:
    assert not may(api, JANE, "get", "pods")
    assert may(api, User("root", groups=("system:masters",)), "delete", "nodes", None)


def test_a_role_holds_in_its_namespace_only(api: Api) -> None:
    role(api, "a", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    bind(api, "a", "Role", "r", user("jane"))
    assert may(api, JANE, "get", "pods", "a")
    assert not may(api, JANE, "get", "pods", "b")
    assert not may(api, JANE, "get", "pods", None)
    assert not may(api, JANE, "list", "pods", "a")
    assert not may(api, JANE, "get", "pods", "a", sub="log")
    assert not may(api, JANE, "get", "pods", "a", group="metrics.k8s.io")
    assert not may(api, User("joe"), "get", "pods", "a")


def test_names_and_subresources_narrow_a_rule(api: Api) -> None:
    rules = [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["mine"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
        {"apiGroups": ["*"], "resources": ["*/scale"], "verbs": ["*"]},
    ]
    role(api, "a", rules)
    bind(api, "a", "Role", "r", user("jane"))
    assert may(api, JANE, "get", "configmaps", name="mine")
    assert not may(api, JANE, "get", "configmaps", name="yours")
    assert not may(api, JANE, "get", "configmaps")
    assert may(api, JANE, "get", "pods", sub="log")
    assert not may(api, JANE, "get", "pods")
    assert may(api, JANE, "update", "deployments", sub="scale", group="apps")
    assert not may(api, JANE, "update", "deployments", group="apps")


def test_a_cluster_role_bound_in_a_namespace_stays_there(api: Api) -> None:
    bind(api, "a", "ClusterRole", "edit", user("jane"))
    assert may(api, JANE, "create", "deployments", "a", group="apps")
    assert not may(api, JANE, "create", "deployments", "b", group="apps")
    assert not may(api, JANE, "create", "rolebindings", "a", group=_GROUP)


def test_a_view_binding_reads_all_but_secrets(api: Api) -> None:
    bind(api, "a", "ClusterRole", "view", user("jane"))
    assert may(api, JANE, "list", "pods")
    assert may(api, JANE, "get", "pods", sub="log")
    assert not may(api, JANE, "get", "secrets")
    assert not may(api, JANE, "delete", "pods")
    assert not may(api, JANE, "create", "pods", sub="exec")


def test_service_accounts_and_groups_are_subjects(api: Api) -> None:
    role(api, "a", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    bind(api, "a", "Role", "r", {"kind": "ServiceAccount", "namespace": "b", "name": "default"})
    assert may(api, User("system:serviceaccount:b:default"), "get", "pods")
    assert not may(api, User("system:serviceaccount:a:default"), "get", "pods")
    bind(api, "b", "ClusterRole", "view", {"apiGroup": _GROUP, "kind": "Group", "name": "ops"})
    assert may(api, User("x", groups=("ops",)), "get", "pods", "b")


def test_a_star_is_no_user_s_name(api: Api) -> None:
    bind(api, "a", "ClusterRole", "view", user("*"))
    assert not may(api, JANE, "get", "pods")


def test_a_binding_to_a_role_that_is_missing_grants_nothing(api: Api) -> None:
    bind(api, "a", "Role", "missing", user("jane"))
    assert not may(api, JANE, "get", "pods")


def test_the_reason_names_the_binding(api: Api) -> None:
    bind(api, "a", "ClusterRole", "view", user("jane"))
    allowed, why = Authorizer(api).allowed(JANE, "get", "", "pods", "", "a", "")
    assert allowed
    assert why == 'RBAC: allowed by RoleBinding "b/a" of ClusterRole "view" to User "jane"'


def test_everyone_known_may_read_what_is_served(api: Api) -> None:
    authorizer = Authorizer(api)
    assert authorizer.allowed_path(JANE, "get", "/apis/apps/v1")
    assert not authorizer.allowed_path(JANE, "post", "/apis")
    assert not authorizer.allowed_path(JANE, "get", "/metrics")
