"""Resource requests: from a parsed request to the API core and back to a response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web
from msgspec import Struct

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import Cause, StatusError
from canarytui.sandbox.apiserver.http import bodies
from canarytui.sandbox.apiserver.http.answers import Shaper, encoded
from canarytui.sandbox.apiserver.http.negotiation import NegotiatedKind
from canarytui.sandbox.apiserver.http.paths import ResourcePath
from canarytui.sandbox.apiserver.http.watching import is_expired, stream_expired, stream_watch
from canarytui.sandbox.apiserver.warnings import collecting
from canarytui.sandbox.values import KubernetesObject

_JSON_PATCHES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)
_APPLY = "application/apply-patch+yaml"
_MANAGER_MOST = 128


class ResourceRequest(Struct, frozen=True):
    """One authorized request for a resource."""

    request: web.Request
    path: ResourcePath
    verb: str
    wanted: NegotiatedKind
    admit: Callable[[KubernetesObject], None] | None = None
    """Called with the result of a write before it is stored; raises StatusError to refuse it."""
    may_create: Callable[[], None] | None = None
    """Called before a patch creates an object; raises StatusError to refuse it."""

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    def shaper(self, api: Api) -> Shaper:
        return Shaper(api, self.path.rt, self.wanted, self.query.get("includeObject", ""))


def request_verb(method: str, path: ResourcePath, query: Mapping[str, str]) -> str:
    """The Kubernetes verb of a request; raises :class:`StatusError` 405."""
    many = not path.name
    if method in ("GET", "HEAD"):
        if truthy(query.get("watch", "")) and not path.subresource:
            return "watch"
        return "list" if many else "get"
    verbs = {"POST": "create", "PUT": "update", "PATCH": "patch"}
    if method in verbs and (method == "POST") == (many or bool(path.subresource)):
        return verbs[method]
    if method in ("PUT", "PATCH") and not many:
        return verbs[method]
    if method == "DELETE" and not path.subresource:
        return "deletecollection" if many else "delete"
    raise errors.method_not_allowed(path.rt, method.lower())


def truthy(text: str) -> bool:
    """A boolean query parameter."""
    return text.lower() in ("1", "true", "t")


async def answer(api: Api, call: ResourceRequest) -> web.StreamResponse:
    """Carry out the call; raises :class:`StatusError`."""
    if call.verb == "watch":
        return await _watch(api, call)
    with collecting() as warnings:
        if call.verb == "list":
            return encoded(call.shaper(api).many(_list(api, call)), call.wanted)
        if call.verb == "deletecollection":
            gone = await _delete_collection(api, call)
            return encoded(gone, call.wanted, warnings=warnings)
        obj, status = await _single(api, call)
        return encoded(call.shaper(api).one(obj), call.wanted, status=status, warnings=warnings)


async def _single(api: Api, call: ResourceRequest) -> tuple[KubernetesObject, int]:
    rt, namespace, name = call.path.rt, call.path.namespace, call.path.name
    if call.verb == "get":
        return api.get(rt, namespace, name, subresource=call.path.subresource), 200
    if call.verb == "delete":
        options = await _delete_options(call)
        return api.delete(rt, namespace, name, **options), 200
    common = _write_options(call)
    if call.admit is not None:
        preview, _ = await _write(api, call, {**common, "dry_run": True})
        call.admit(preview)
    return await _write(api, call, common)


async def _write(api: Api, call: ResourceRequest, common: dict[str, Any]) -> tuple[KubernetesObject, int]:
    rt, namespace, name = call.path.rt, call.path.namespace, call.path.name
    if call.verb == "patch":
        return await _patch(api, call, common)
    body = await bodies.read_object(call.request)
    if call.verb == "update":
        return api.update(rt, namespace, name, body, subresource=call.path.subresource, **common), 200
    if call.path.subresource:
        created = api.create_subresource(rt, namespace, name, call.path.subresource, body, dry_run=common["dry_run"])
        return created, 201
    if rt.namespaced and namespace is None:
        raise errors.unknown_path()
    return api.create(rt, namespace, body, **common), 201


async def _patch(api: Api, call: ResourceRequest, common: dict[str, Any]) -> tuple[KubernetesObject, int]:
    data = await bodies.read_bytes(call.request)
    patch_type = call.request.content_type
    if patch_type in _JSON_PATCHES:
        patch = bodies.decode_json(data)
    elif patch_type == _APPLY:
        patch = bodies.decode_yaml(data)
        if not call.query.get("fieldManager"):
            text = "Required value: is required for apply patch"
            cause = Cause("FieldValueRequired", "fieldManager", text)
            raise errors.invalid("PatchOptions", "meta.k8s.io", "", [cause])
    else:
        accepted = ", ".join((*_JSON_PATCHES, _APPLY))
        raise errors.unsupported_media_type(
            "the body of the request was in an unknown format - accepted media types include: " + accepted
        )
    rt, path = call.path.rt, call.path
    absent = patch_type == _APPLY and not path.subresource and api.find(rt, path.namespace, path.name) is None
    if absent and call.may_create is not None:
        call.may_create()
    force = truthy(call.query.get("force", ""))
    obj, created = api.patch(
        rt, path.namespace, path.name, patch, patch_type, subresource=path.subresource, force=force, **common
    )
    return obj, 201 if created else 200


def _list(api: Api, call: ResourceRequest) -> Any:
    query = call.query
    return api.list(
        call.path.rt,
        call.path.namespace,
        **_selection(call),
        limit=_number(query, "limit"),
        continue_token=query.get("continue", ""),
        resource_version=query.get("resourceVersion", ""),
        resource_version_match=query.get("resourceVersionMatch", ""),
    )


def _selection(call: ResourceRequest) -> dict[str, str]:
    fields = call.query.get("fieldSelector", "")
    if call.path.name:
        named = f"metadata.name={call.path.name}"
        fields = f"{fields},{named}" if fields else named
    return {"label_selector": call.query.get("labelSelector", ""), "field_selector": fields}


async def _watch(api: Api, call: ResourceRequest) -> web.StreamResponse:
    query = call.query
    initial = query.get("sendInitialEvents")
    bookmarks = truthy(query.get("allowWatchBookmarks", ""))
    try:
        watch = api.watch(
            call.path.rt,
            call.path.namespace,
            **_selection(call),
            resource_version=query.get("resourceVersion", ""),
            send_initial_events=None if initial is None else truthy(initial),
            bookmarks=bookmarks,
        )
    except StatusError as error:
        if not is_expired(error):
            raise
        return await stream_expired(call.request, error)
    timeout_s = float(_number(query, "timeoutSeconds"))
    return await stream_watch(call.request, watch, call.shaper(api), timeout_s=timeout_s, bookmarks=bookmarks)


async def _delete_options(call: ResourceRequest) -> dict[str, Any]:
    body = await bodies.read_object(call.request)
    query = call.query
    propagation = body.get("propagationPolicy") or query.get("propagationPolicy") or None
    if propagation is None:
        orphan = body.get("orphanDependents", query.get("orphanDependents"))
        if orphan is not None:
            propagation = "Orphan" if orphan is True or truthy(str(orphan)) else "Background"
    if propagation not in (None, "Orphan", "Background", "Foreground"):
        raise _unsupported("DeleteOptions", "propagationPolicy", str(propagation),
                           ("Background", "Foreground", "Orphan"))  # fmt: skip
    grace = body.get("gracePeriodSeconds")
    if grace is None and "gracePeriodSeconds" in query:
        grace = _number(query, "gracePeriodSeconds")
    return {
        "propagation": propagation,
        "preconditions": body.get("preconditions") or None,
        "dry_run": _dry_run("DeleteOptions", body.get("dryRun") or query.get("dryRun")),
        "grace_period_s": grace,
    }


async def _delete_collection(api: Api, call: ResourceRequest) -> KubernetesObject:
    options = await _delete_options(call)
    selection = _selection(call)
    found = api.delete_collection(
        call.path.rt,
        call.path.namespace,
        label_selector=selection["label_selector"],
        field_selector=selection["field_selector"],
        propagation=options["propagation"],
        dry_run=options["dry_run"],
    )
    rt = call.path.rt
    return {"kind": rt.list_kind, "apiVersion": rt.api_version, "metadata": found.meta, "items": found.items}


def _write_options(call: ResourceRequest) -> dict[str, Any]:
    kinds = {"create": "CreateOptions", "update": "UpdateOptions", "patch": "PatchOptions"}
    kind = kinds[call.verb]
    validation = call.query.get("fieldValidation") or "Warn"
    if validation not in ("Ignore", "Warn", "Strict"):
        raise _unsupported(kind, "fieldValidation", validation, ("Ignore", "Strict", "Warn"))
    return {
        "dry_run": _dry_run(kind, call.query.get("dryRun")),
        "field_manager": field_manager(call.query.get("fieldManager", ""), call.request.headers.get("User-Agent", "")),
        "field_validation": validation,
    }


def _dry_run(kind: str, asked: object) -> bool:
    if not asked:
        return False
    values = asked if isinstance(asked, list) else [asked]
    if values != ["All"]:
        raise _unsupported(kind, "dryRun", str(values[0]), ("All",))
    return True


def _unsupported(kind: str, field: str, value: str, supported: tuple[str, ...]) -> StatusError:
    names = ", ".join(f'"{each}"' for each in supported)
    cause = Cause("FieldValueNotSupported", field, f'Unsupported value: "{value}": supported values: {names}')
    return errors.invalid(kind, "meta.k8s.io", "", [cause])


def field_manager(asked: str, user_agent: str) -> str:
    """The field manager of a write: the query parameter, else the program's name."""
    name = asked or user_agent.split("/")[0]
    return "".join(character for character in name if character.isprintable())[:_MANAGER_MOST] or "unknown"


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if not text:
        return 0
    try:
        return int(text)
    except ValueError as error:
        why = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise errors.bad_request(f"invalid query parameter {name}: {why}") from error
