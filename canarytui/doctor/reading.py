"""Reads the cluster's objects for checks: each once, a few at a time, and what cannot be read is remembered as such."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct, field

from canarytui.actions.permissions import Permissions
from canarytui.cluster.client import Cluster
from canarytui.cluster.resources import Resource
from canarytui.domain.plan import Permission
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping
from canarytui.errors import AnswerTooLarge, ApiStatusError, CanarytuiError, ClusterUnreachable

_AT_ONCE = 8
_REVIEWS = Resource("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", namespaced=False)
_REASON_CHARS_MOST = 200


class ObjectRead(Struct, frozen=True):
    """`obj` is None when there is none; `problem` says why that is not known."""

    obj: Mapping[str, Any] | None = None
    problem: str = ""

    @property
    def missing(self) -> bool:
        """Whether it certainly does not exist."""
        return self.obj is None and not self.problem


class ObjectsRead(Struct, frozen=True):
    """`items` of a kind in a namespace; `problem` says why they are not known. A kind that is not served has none."""

    items: tuple[Mapping[str, Any], ...] = ()
    problem: str = ""


class ClusterReader(Struct):
    """Asks `cluster`. `unread` collects what could not be read, each with the reason.

    Its methods raise ClusterUnreachable where the API server does not answer.
    """

    cluster: Cluster
    unread: dict[str, str] = field(default_factory=dict)
    _answers: dict[Any, asyncio.Future[Any]] = field(default_factory=dict)
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _permissions: Permissions | None = None

    async def object(self, resource: Resource, namespace: str, name: str) -> ObjectRead:
        """One object, with its ``managedFields``."""

        async def read() -> ObjectRead:
            try:
                return ObjectRead(await self._get(resource.path(namespace, name)))
            except CanarytuiError as error:
                if _is_absence(error):
                    return ObjectRead()
                return ObjectRead(
                    problem=self._note(
                        f"{resource.full_name} in {namespace}" if namespace else resource.full_name, error
                    )
                )

        found: ObjectRead = await self._once(("object", resource, namespace, name), read)
        return found

    async def objects(self, resource: Resource, namespace: str | None) -> ObjectsRead:
        """All objects of a kind in a namespace; None is all namespaces."""

        async def read() -> ObjectsRead:
            try:
                page = await self._get(resource.path(namespace))
            except CanarytuiError as error:
                if _is_absence(error):
                    return ObjectsRead()
                where = f" in {namespace}" if namespace else ""
                return ObjectsRead(problem=self._note(f"{resource.full_name}{where}", error))
            items = page.get("items")
            named = {"apiVersion": resource.api_version, "kind": resource.kind}
            listed = (each for each in items if isinstance(each, Mapping)) if isinstance(items, list) else ()
            return ObjectsRead(tuple({**named, **each} for each in listed))

        found: ObjectsRead = await self._once(("objects", resource, namespace), read)
        return found

    async def serves(self, resource: Resource) -> bool | None:
        """Whether the API server serves a kind in this version; None where it cannot be told."""

        async def read() -> bool | None:
            try:
                page = await self._get(f"/apis/{resource.group}/{resource.version}")
            except CanarytuiError as error:
                if _is_absence(error):
                    return False
                self._note(f"/apis/{resource.group}", error)
                return None
            listed = page.get("resources")
            names = (
                [each.get("name") for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
            )
            return resource.plural in names

        found: bool | None = await self._once(("serves", resource.group, resource.version, resource.plural), read)
        return found

    async def refusal(self, permission: Permission) -> str:
        """Why the person may not do something; "" if they may, or if it cannot be told."""
        self._permissions = self._permissions or Permissions(self.cluster)
        try:
            return await self._permissions.refusal(permission)
        except CanarytuiError as error:
            self._note("access reviews", error)
            return ""

    async def allows(self, user: str, permission: Permission) -> bool | None:
        """Whether somebody else may do something; None where we may not ask. The review writes nothing."""
        attributes = {
            "verb": permission.verb,
            "group": permission.group,
            "resource": permission.resource,
            "namespace": permission.namespace,
        }
        spec = {"user": user, "groups": _groups(user), "resourceAttributes": attributes}
        review = {"apiVersion": _REVIEWS.api_version, "kind": _REVIEWS.kind, "spec": spec}

        async def read() -> bool | None:
            try:
                async with self._free:
                    answer = await self.cluster.request("POST", _REVIEWS.path(), body=review)
            except CanarytuiError as error:
                self._note(_REVIEWS.full_name, error)
                return None
            return bool(as_mapping(answer.get("status")).get("allowed"))

        found: bool | None = await self._once(("allows", user, permission), read)
        return found

    def note(self, what: str, reason: str) -> None:
        """Something could not be examined."""
        self.unread.setdefault(clean(what, _REASON_CHARS_MOST), clean(reason, _REASON_CHARS_MOST))

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._free:
            return await self.cluster.request("GET", path)

    def _note(self, what: str, error: CanarytuiError) -> str:
        """Remember why something could not be read. A server that is away cannot be examined at all: raises."""
        if isinstance(error, ClusterUnreachable) and not isinstance(error, AnswerTooLarge):
            raise error
        self.note(what, str(error))
        return clean(str(error), _REASON_CHARS_MOST)

    async def _once(self, key: Any, read: Callable[[], Awaitable[Any]]) -> Any:
        if key not in self._answers:
            self._answers[key] = asyncio.ensure_future(read())
        return await self._answers[key]


def _groups(user: str) -> list[str]:
    """Those that the API server gives a service account."""
    namespace = user.split(":")[2]
    return ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]


def _is_absence(error: CanarytuiError) -> bool:
    return isinstance(error, ApiStatusError) and error.code == 404
