"""Acting in somebody else's name against the sandbox's API server: each part of an identity needs its own right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from canarytui.sandbox.apiserver.access.bootstrap import bootstrap_rbac
from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.http.server import make_app

Client = TestClient[Any, Any]
_RBAC = "rbac.authorization.k8s.io"
_AUTHENTICATION = "authentication.k8s.io"
WHOAMI = f"/apis/{_AUTHENTICATION}/v1/selfsubjectreviews"
REVIEW = {"apiVersion": f"{_AUTHENTICATION}/v1", "kind": "SelfSubjectReview"}
RULES = [
    {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"], "resourceNames": ["ann"]},
    {"apiGroups": [""], "resources": ["groups"], "verbs": ["impersonate"], "resourceNames": ["ops"]},
    {"apiGroups": [_AUTHENTICATION], "resources": ["userextras/reason"], "verbs": ["impersonate"]},
    {"apiGroups": [_AUTHENTICATION], "resources": ["uids"], "verbs": ["impersonate"], "resourceNames": ["7"]},
]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    api = Api()
    api.create(api.registry.find("", "namespaces"), None, {"metadata": {"name": "test"}})
    for obj in bootstrap_rbac():
        api.create(api.registry.find(_RBAC, obj["kind"].lower() + "s"), None, obj)
    subjects = [{"apiGroup": _RBAC, "kind": "User", "name": "bob"}]
    for kind, plural, name, namespace, rules in (
        ("ClusterRole", "clusterroles", "act", None, RULES),
        ("Role", "roles", "robot", "test",
         [{"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]}]),
    ):  # fmt: skip
        api.create(api.registry.find(_RBAC, plural), namespace, {"metadata": {"name": name}, "rules": rules})
        api.create(
            api.registry.find(_RBAC, plural.replace("roles", "rolebindings")),
            namespace,
            {
                "metadata": {"name": name},
                "roleRef": {"apiGroup": _RBAC, "kind": kind, "name": name},
                "subjects": subjects,
            },
        )
    app = make_app(api, users={"root": user("root", MASTERS), "bob": user("bob")}, secret="secret")
    async with TestClient(TestServer(app)) as made:
        yield made


async def asked(client: Client, token: str, *headers: tuple[str, str]) -> tuple[int, dict[str, Any]]:
    sent = CIMultiDict([("Authorization", f"Bearer {token}"), *headers])
    answer = await client.post(WHOAMI, json=REVIEW, headers=sent)
    return answer.status, await answer.json()


async def test_every_part_of_the_identity_counts(client: Client) -> None:
    status, answer = await asked(
        client,
        "bob",
        ("Impersonate-User", "ann"),
        ("Impersonate-Group", "ops"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Extra-Reason", "night shift"),
        ("Impersonate-Extra-Reason", "incident 12"),
    )
    assert status == 201
    assert answer["status"]["userInfo"] == {
        "username": "ann",
        "uid": "7",
        "groups": ["ops", "system:authenticated"],
        "extra": {"reason": ["night shift", "incident 12"]},
    }


async def test_keys_of_extra_values_are_unescaped_and_in_lower_case(client: Client) -> None:
    headers = (("Impersonate-User", "ann"), ("Impersonate-Extra-Example.com%2fTeam", "red"))
    status, answer = await asked(client, "root", *headers)
    assert status == 201
    assert answer["status"]["userInfo"]["extra"] == {"example.com/team": ["red"]}


@pytest.mark.parametrize(
    ("header", "value", "resource", "group"),
    [
        ("Impersonate-User", "eve", "users", ""),
        ("Impersonate-Group", "system:masters", "groups", ""),
        ("Impersonate-Uid", "8", "uids", _AUTHENTICATION),
        ("Impersonate-Extra-Scopes", "all", "userextras/scopes", _AUTHENTICATION),
    ],
)
async def test_each_part_needs_its_right(client: Client, header: str, value: str, resource: str, group: str) -> None:
    others = () if header == "Impersonate-User" else (("Impersonate-User", "ann"),)
    status, answer = await asked(client, "bob", *others, (header, value))
    assert (status, answer["reason"]) == (403, "Forbidden")
    plural = resource.partition("/")[0]
    named = f"{plural}.{group}" if group else plural
    assert answer["message"] == (
        f'{named} "{value}" is forbidden: User "bob" cannot impersonate resource "{resource}" in API group "{group}" '
        "at the cluster scope"
    )


@pytest.mark.parametrize(
    "header", [("Impersonate-Group", "ops"), ("Impersonate-Uid", "7"), ("Impersonate-Extra-Reason", "x")]
)
@pytest.mark.parametrize("token", ["root", "bob"])
async def test_without_a_user_nobody_is_asked_for(client: Client, token: str, header: tuple[str, str]) -> None:
    status, answer = await asked(client, token, header)
    assert status == 500
    assert "without impersonating a user" in answer["message"]


async def test_service_accounts_are_impersonated_by_their_own_right_and_bring_their_groups(client: Client) -> None:
    status, answer = await asked(client, "bob", ("Impersonate-User", "system:serviceaccount:test:robot"))
    assert status == 201
    assert answer["status"]["userInfo"]["groups"] == [
        "system:serviceaccounts",
        "system:serviceaccounts:test",
        "system:authenticated",
    ]
    status, answer = await asked(client, "bob", ("Impersonate-User", "system:serviceaccount:prod:robot"))
    assert status == 403
    assert 'cannot impersonate resource "serviceaccounts" in API group "" in the namespace "prod"' in answer["message"]


async def test_anonymous_is_not_among_the_authenticated_who_may_ask_who_they_are(client: Client) -> None:
    status, answer = await asked(client, "root", ("Impersonate-User", "system:anonymous"))
    assert status == 403
    assert 'User "system:anonymous" cannot create resource "selfsubjectreviews"' in answer["message"]
