"""Path items: which operations a resource has, and with which parameters. kubectl looks for a few of them."""

from __future__ import annotations

from typing import Any

from canarytui.sandbox.apiserver.resources import ResourceType

Object = dict[str, Any]
_WRITE_PARAMETERS = ("dryRun", "fieldManager", "fieldValidation")
_PATCHES = ("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml")
_STRATEGIC = "application/strategic-merge-patch+json"


def paths_of(rt: ResourceType, component: str) -> Object:
    """The path items of a resource; `component` names its schema."""
    root = f"/apis/{rt.group}/{rt.version}" if rt.group else f"/api/{rt.version}"
    base = f"{root}/namespaces/{{namespace}}/{rt.plural}" if rt.namespaced else f"{root}/{rt.plural}"
    many: Object = {}
    one: Object = {}
    if "list" in rt.verbs:
        many["get"] = _operation(
            rt, "list", component, ("labelSelector", "fieldSelector", "limit", "continue", "watch")
        )
    if "create" in rt.verbs:
        many["post"] = _operation(rt, "post", component, _WRITE_PARAMETERS)
    if "deletecollection" in rt.verbs:
        many["delete"] = _operation(rt, "deletecollection", component, ("dryRun", "propagationPolicy"))
    if "get" in rt.verbs:
        one["get"] = _operation(rt, "get", component, ())
    if "update" in rt.verbs:
        one["put"] = _operation(rt, "put", component, _WRITE_PARAMETERS)
    if "patch" in rt.verbs:
        patches = _PATCHES if rt.crd else (*_PATCHES, _STRATEGIC)
        one["patch"] = _operation(rt, "patch", component, (*_WRITE_PARAMETERS, "force"), patches)
    if "delete" in rt.verbs:
        one["delete"] = _operation(rt, "delete", component, ("dryRun", "gracePeriodSeconds", "propagationPolicy"))
    paths = {base: many} if many else {}
    return {**paths, f"{base}/{{name}}": one} if one else paths


def _operation(
    rt: ResourceType, action: str, component: str, parameters: tuple[str, ...], bodies: tuple[str, ...] = ()
) -> Object:
    schema = {"$ref": f"#/components/schemas/{component}"}
    operation: Object = {
        "description": f"{action} {rt.kind}",
        "operationId": f"{action}{rt.group.title().replace('.', '')}{rt.version.title()}{rt.kind}",
        "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in parameters],
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {"group": rt.group, "kind": rt.kind, "version": rt.version},
    }
    if action in ("post", "put"):
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    elif bodies:
        patch = {"schema": {"type": "object"}}
        operation["requestBody"] = {"content": dict.fromkeys(bodies, patch)}
    return operation
