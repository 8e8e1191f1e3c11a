"""Non-resource documents: health, version, discovery and OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.http.answers import encoded
from canarytui.sandbox.apiserver.http.negotiation import NegotiatedKind, alternatives
from canarytui.sandbox.apiserver.presentation import discovery
from canarytui.sandbox.apiserver.presentation.openapi import OpenApi

HEALTH = ("healthz", "livez", "readyz")
_DISCOVERY = "apidiscovery.k8s.io"
_OPENAPI_V2 = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
_NO_SCHEMAS = b"\x0a\x032.0"
"""An OpenAPI v2 document, as protobuf, that says its version (field 1) and has no schemas."""
_KUBE_VERSION = {
    "major": "1",
    "minor": "32",
    "gitVersion": "v1.32.2+canarytui",
    "gitCommit": "67a30c0adcf52bd3f56ff0893ce19966be12991f",
    "gitTreeState": "clean",
    "buildDate": "2025-02-12T21:19:47Z",
    "goVersion": "go1.23.6",
    "compiler": "gc",
    "platform": "linux/amd64",
}


def is_public(parts: list[str]) -> bool:
    """Whether a path needs no authentication, as in Kubernetes' default roles."""
    return parts[0] in (*HEALTH, "version")


def document(
    api: Api, openapi: OpenApi, request: web.Request, parts: list[str], ready: Callable[[], bool]
) -> web.Response | None:
    """The response for a non-resource path, None for a resource; raises :class:`StatusError` 404."""
    match parts:
        case ["healthz" | "livez" | "readyz", *_]:
            return _health(parts[0], ready(), verbose="verbose" in request.query)
        case ["version"]:
            return encoded(_KUBE_VERSION, NegotiatedKind())
        case [""]:
            return encoded({"paths": _root_paths(api)}, NegotiatedKind())
        case ["api"] | ["apis"]:
            return _root(api, request, legacy=parts == ["api"])
        case ["api", "v1"]:
            return encoded(discovery.resource_list(api.registry, "", "v1"), NegotiatedKind())
        case ["apis", group]:
            return encoded(discovery.api_group(api.registry, group), NegotiatedKind())
        case ["apis", group, version]:
            return encoded(discovery.resource_list(api.registry, group, version), NegotiatedKind())
        case ["openapi", "v3"]:
            return encoded(openapi.index(), NegotiatedKind())
        case ["openapi", "v3", "api", "v1"]:
            return encoded(openapi.document(_definitions(api), "", "v1"), NegotiatedKind())
        case ["openapi", "v3", "apis", group, version]:
            return encoded(openapi.document(_definitions(api), group, version), NegotiatedKind())
        case ["openapi", "v2"] if _OPENAPI_V2 in request.headers.get("Accept", ""):
            # kubectl asks here for kinds that v3 lacks. Without an answer it reports that the server could not find
            # "the requested resource" instead of the kind. (Servers answer with a dot instead of the @.)
            return web.Response(body=_NO_SCHEMAS, content_type=_OPENAPI_V2.replace("@", "."))
        case ["api" | "apis", *_]:
            return None
    raise errors.unknown_path()


def _health(name: str, ready: bool, *, verbose: bool) -> web.Response:
    if not ready:
        return web.Response(status=500, text=f"[-]{name} failed: the sandbox is still starting\n")
    return web.Response(text=f"[+]ping ok\n{name} check passed\n" if verbose else "ok")


def _root(api: Api, request: web.Request, *, legacy: bool) -> web.Response:
    for media_type, parameters in alternatives(request.headers.get("Accept", "")):
        aggregated = parameters.get("g") == _DISCOVERY and parameters.get("as") == "APIGroupDiscoveryList"
        version = parameters.get("v", "")
        if media_type == "application/json" and aggregated and version in ("v2", "v2beta1"):
            response = encoded(discovery.aggregated(api.registry, legacy=legacy, version=version), NegotiatedKind())
            form = f"application/json;g={_DISCOVERY};v={version};as=APIGroupDiscoveryList"
            response.headers["Content-Type"] = form
            return response
    body: Any = discovery.api_versions(api.registry) if legacy else discovery.api_group_list(api.registry)
    return encoded(body, NegotiatedKind())


def _definitions(api: Api) -> list[dict[str, Any]]:
    return api.list(api.registry.find("apiextensions.k8s.io", "customresourcedefinitions")).items


def _root_paths(api: Api) -> list[str]:
    groups = sorted({(rt.group, rt.version) for rt in api.registry.all() if rt.group})
    served = {"/api", "/api/v1", "/apis", "/openapi/v3", "/version"}
    served |= {f"/{name}" for name in HEALTH}
    served |= {f"/apis/{group}" for group, _ in groups} | {f"/apis/{g}/{v}" for g, v in groups}
    return sorted(served)
