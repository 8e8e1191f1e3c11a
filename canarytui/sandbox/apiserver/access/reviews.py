"""Access and token reviews: the answer comes in the status of the POSTed object."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.access.rbac import Authorizer
from canarytui.sandbox.apiserver.access.users import User
from canarytui.sandbox.apiserver.access.users import user as user_with_token
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.values import KubernetesObject, timestamp

IssueToken = Callable[[User], str]
FindToken = Callable[[str], User | None]
_TOKEN_LIFE_S = 3600


class Reviews:
    """Answers reviews; tokens for service accounts are issued through `issue` and found by `lookup`."""

    def __init__(self, api: Api, authorizer: Authorizer, issue: IssueToken, lookup: FindToken) -> None:
        self._api = api
        self._authorizer = authorizer
        self._issue = issue
        self._lookup = lookup

    def answer(
        self, asking: User, plural: str, namespace: str | None, name: str, body: Mapping[str, Any]
    ) -> KubernetesObject:
        """The review object with its status; `plural` may be ``serviceaccounts/token``.

        Raises:
            StatusError: 400 for an incomplete review, 404 for an unknown service account.
        """
        if plural == "serviceaccounts/token":
            return self._token(namespace, name, body)
        if plural == "selfsubjectreviews":
            return _answered(body, "authentication.k8s.io/v1", "SelfSubjectReview", {"userInfo": _info(asking)})
        if plural == "tokenreviews":
            return self._token_review(body)
        if plural == "selfsubjectrulesreviews":
            return self._rules(asking, body)
        kinds = {
            "selfsubjectaccessreviews": "SelfSubjectAccessReview",
            "subjectaccessreviews": "SubjectAccessReview",
            "localsubjectaccessreviews": "LocalSubjectAccessReview",
        }
        if plural not in kinds:
            raise errors.unknown_path()
        spec = body.get("spec") or {}
        who = asking
        if plural != "selfsubjectaccessreviews":
            who = User(spec.get("user", ""), spec.get("uid", ""), tuple(spec.get("groups") or ()))
        return _answered(body, "authorization.k8s.io/v1", kinds[plural], self._decide(who, spec))

    def _decide(self, who: User, spec: Mapping[str, Any]) -> KubernetesObject:
        path = spec.get("nonResourceAttributes")
        if path:
            return {"allowed": self._authorizer.allowed_path(who, path.get("verb", ""), path.get("path", ""))}
        asked = spec.get("resourceAttributes")
        if not asked:
            raise errors.bad_request("spec.resourceAttributes or spec.nonResourceAttributes must be specified")
        allowed, why = self._authorizer.allowed(
            who,
            asked.get("verb", ""),
            asked.get("group", ""),
            asked.get("resource", ""),
            asked.get("subresource", ""),
            asked.get("namespace") or None,
            asked.get("name", ""),
        )
        return {"allowed": allowed, "reason": why} if why else {"allowed": allowed}

    def _rules(self, asking: User, body: Mapping[str, Any]) -> KubernetesObject:
        namespace = (body.get("spec") or {}).get("namespace")
        if not namespace:
            raise errors.bad_request("no namespace on request")
        rules = self._authorizer.rules_of(asking, namespace)
        resource = [dict(rule) for rule in rules if rule.get("resources")]
        paths = [dict(rule) for rule in rules if rule.get("nonResourceURLs")]
        status = {"resourceRules": resource, "nonResourceRules": paths, "incomplete": False}
        return _answered(body, "authorization.k8s.io/v1", "SelfSubjectRulesReview", status)

    def _token_review(self, body: Mapping[str, Any]) -> KubernetesObject:
        token = (body.get("spec") or {}).get("token")
        if not token:
            raise errors.bad_request("token is required for TokenReview in authentication")
        found = self._lookup(token)
        status: KubernetesObject = {"authenticated": found is not None}
        status |= {"user": _info(found)} if found else {"error": "invalid bearer token"}
        return _answered(body, "authentication.k8s.io/v1", "TokenReview", status)

    def _token(self, namespace: str | None, name: str, body: Mapping[str, Any]) -> KubernetesObject:
        self._api.get(self._api.registry.get("", "v1", "serviceaccounts"), namespace, name)
        account = user_with_token(
            f"system:serviceaccount:{namespace}:{name}",
            "system:serviceaccounts",
            f"system:serviceaccounts:{namespace}",
        )
        seconds = int((body.get("spec") or {}).get("expirationSeconds") or _TOKEN_LIFE_S)
        end = datetime.now(UTC) + timedelta(seconds=seconds)
        status = {"token": self._issue(account), "expirationTimestamp": timestamp(end)}
        answered = _answered(body, "authentication.k8s.io/v1", "TokenRequest", status)
        answered["metadata"] = {**answered["metadata"], "name": name, "namespace": namespace}
        return answered


def new_token() -> str:
    """A bearer token that nobody can guess."""
    return secrets.token_urlsafe(32)


def _answered(body: Mapping[str, Any], api_version: str, kind: str, status: KubernetesObject) -> KubernetesObject:
    metadata = {"creationTimestamp": None, **(body.get("metadata") or {})}
    answered = {"kind": kind, "apiVersion": body.get("apiVersion") or api_version, "metadata": metadata}
    if body.get("spec") is not None:
        answered["spec"] = body["spec"]
    return {**answered, "status": status}


def _info(user: User) -> KubernetesObject:
    info: KubernetesObject = {"username": user.name, "groups": list(user.groups)}
    if user.uid:
        info["uid"] = user.uid
    if user.extra:
        info["extra"] = {key: list(values) for key, values in user.extra.items()}
    return info
