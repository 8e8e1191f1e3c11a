"""Access and token reviews, and tokens of service accounts."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

import pytest

from canarytui.sandbox.apiserver.access.bootstrap import bootstrap_rbac
from canarytui.sandbox.apiserver.access.rbac import Authorizer
from canarytui.sandbox.apiserver.access.reviews import Reviews, new_token
from canarytui.sandbox.apiserver.access.users import MASTERS, User, user
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import StatusError

ROOT, BOB = user("root", MASTERS), user("bob", "dev", uid="7")


@pytest.fixture
def reviews() -> Reviews:
    api = Api()
    api.create(api.registry.find("", "namespaces"), None, {"metadata": {"name": "test"}})
    api.create(api.registry.find("", "serviceaccounts"), "test", {"metadata": {"name": "robot"}})
    for obj in bootstrap_rbac():
        api.create(api.registry.find("rbac.authorization.k8s.io", f"{obj['kind'].lower()}s"), None, obj)
    tokens: dict[str, User] = {"known": BOB}

    def issue(account: User) -> str:
        tokens["issued"] = account
        return "issued"

    return Reviews(api, Authorizer(api), issue, tokens.get)


def answer(reviews: Reviews, who: User, plural: str, **spec: Any) -> Any:
    return reviews.answer(who, plural, None, "", {"spec": spec})["status"]


def test_everyone_learns_who_he_is(reviews: Reviews) -> None:
    status = reviews.answer(BOB, "selfsubjectreviews", None, "", {})["status"]
    assert status == {"userInfo": {"username": "bob", "groups": ["dev", "system:authenticated"], "uid": "7"}}


def test_access_is_decided_for_oneself_and_for_others(reviews: Reviews) -> None:
    asked = {"verb": "delete", "resource": "pods", "namespace": "test"}
    assert answer(reviews, ROOT, "selfsubjectaccessreviews", resourceAttributes=asked)["allowed"]
    assert answer(reviews, BOB, "selfsubjectaccessreviews", resourceAttributes=asked) == {"allowed": False}
    for plural in ("subjectaccessreviews", "localsubjectaccessreviews"):
        granted = answer(reviews, BOB, plural, user="x", groups=[MASTERS], resourceAttributes=asked)
        assert granted["allowed"]
    path = {"verb": "get", "path": "/version"}
    assert answer(reviews, BOB, "selfsubjectaccessreviews", nonResourceAttributes=path)["allowed"]
    with pytest.raises(StatusError, match=r"spec\.resourceAttributes or"):
        answer(reviews, BOB, "selfsubjectaccessreviews")


def test_rules_are_listed_for_a_namespace(reviews: Reviews) -> None:
    rules = answer(reviews, ROOT, "selfsubjectrulesreviews", namespace="test")
    assert {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]} in rules["resourceRules"]
    with pytest.raises(StatusError, match="no namespace on request"):
        answer(reviews, ROOT, "selfsubjectrulesreviews")


def test_tokens_are_looked_up(reviews: Reviews) -> None:
    assert answer(reviews, ROOT, "tokenreviews", token="known")["user"]["username"] == "bob"
    assert answer(reviews, ROOT, "tokenreviews", token="x") == {"authenticated": False, "error": "invalid bearer token"}
    with pytest.raises(StatusError, match="token is required"):
        answer(reviews, ROOT, "tokenreviews")


class StoppedClock(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2026, 1, 1, 12, tzinfo=tz)


def test_a_service_account_gets_a_token_that_ends(reviews: Reviews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canarytui.sandbox.apiserver.access.reviews.datetime", StoppedClock)
    body = {"spec": {"expirationSeconds": 600}}
    issued = reviews.answer(ROOT, "serviceaccounts/token", "test", "robot", body)
    assert (issued["kind"], issued["metadata"]["name"]) == ("TokenRequest", "robot")
    assert issued["status"] == {"token": "issued", "expirationTimestamp": "2026-01-01T12:10:00Z"}
    who = answer(reviews, ROOT, "tokenreviews", token="issued")["user"]
    assert who["username"] == "system:serviceaccount:test:robot"
    with pytest.raises(StatusError, match="not found"):
        reviews.answer(ROOT, "serviceaccounts/token", "test", "nobody", {})


def test_what_is_no_review_is_not_served(reviews: Reviews) -> None:
    with pytest.raises(StatusError) as refused:
        answer(reviews, ROOT, "oddreviews")
    assert refused.value.code == 404
    assert len({new_token() for _ in range(10)}) == 10
