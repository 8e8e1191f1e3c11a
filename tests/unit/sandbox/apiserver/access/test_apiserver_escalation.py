"""Roles and bindings: nobody hands out rights that they do not have."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.apiserver.access.bootstrap import bootstrap_rbac
from canarytui.sandbox.apiserver.access.escalation import check_escalation
from canarytui.sandbox.apiserver.access.rbac import Authorizer
from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError

_API = "rbac.authorization.k8s.io"


@pytest.fixture
def api() -> Api:
    made = Api()
    made.create(made.registry.find("", "namespaces"), None, {"metadata": {"name": "shop"}})
    binding = {
        "apiVersion": f"{_API}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "admins", "namespace": "shop"},
        "roleRef": {"apiGroup": _API, "kind": "ClusterRole", "name": "admin"},
        "subjects": [{"apiGroup": _API, "kind": "User", "name": "ann"}],
    }
    for obj in [*bootstrap_rbac(), binding]:
        rt = made.registry.by_kind(obj["apiVersion"], obj["kind"])
        assert rt is not None
        made.create(rt, obj["metadata"].get("namespace"), obj)
    return made


def check(api: Api, plural: str, obj: dict[str, Any], *groups: str) -> None:
    rt = api.registry.find(_API, plural)
    check_escalation(api, Authorizer(api), user("ann", *groups), rt, "shop", obj)


def binding_to(role: str) -> dict[str, Any]:
    return {"metadata": {"name": "b"}, "roleRef": {"apiGroup": _API, "kind": "ClusterRole", "name": role}}


def test_an_admin_of_a_namespace_may_bind_view_and_not_cluster_admin(api: Api) -> None:
    check(api, "rolebindings", binding_to("view"))
    with pytest.raises(StatusError) as refused:
        check(api, "rolebindings", binding_to("cluster-admin"))
    assert refused.value.code == 403
    assert 'user "ann"' in refused.value.message
    assert "is attempting to grant RBAC permissions not currently held" in refused.value.message
    check(api, "rolebindings", binding_to("cluster-admin"), MASTERS)


def test_a_role_may_hold_no_more_than_its_writers_rights(api: Api) -> None:
    def role(*resources: str) -> dict[str, Any]:
        return {"metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": resources, "verbs": ["get"]}]}

    check(api, "roles", role("pods", "secrets"))
    with pytest.raises(StatusError, match="nodes"):
        check(api, "roles", role("pods", "nodes"))
