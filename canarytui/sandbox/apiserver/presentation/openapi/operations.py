"""Path items: the operations of a resource and their parameters.

kubectl checks a kind's patch operation for `dryRun` and `fieldValidation` before it uses either.
"""

from __future__ import annotations

from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.values import KubernetesObject

_TYPES = {
    "allowWatchBookmarks": "boolean",
    "continue": "string",
    "dryRun": "string",
    "fieldManager": "string",
    "fieldSelector": "string",
    "fieldValidation": "string",
    "force": "boolean",
    "gracePeriodSeconds": "integer",
    "labelSelector": "string",
    "limit": "integer",
    "propagationPolicy": "string",
    "resourceVersion": "string",
    "sendInitialEvents": "boolean",
    "timeoutSeconds": "integer",
    "watch": "boolean",
}
_WRITE = ("dryRun", "fieldManager", "fieldValidation")
_SELECT = ("labelSelector", "fieldSelector")
_LIST = (*_SELECT, "limit", "continue", "resourceVersion", "watch", "allowWatchBookmarks", "sendInitialEvents",
         "timeoutSeconds")  # fmt: skip
_DELETE = ("dryRun", "gracePeriodSeconds", "propagationPolicy")
_PATCHES = ("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml")
_STRATEGIC = "application/strategic-merge-patch+json"
_ON_MANY = (("list", "get", _LIST), ("create", "post", _WRITE), ("deletecollection", "delete", (*_DELETE, *_SELECT)))
_ON_ONE = (("get", "get", ()), ("update", "put", _WRITE), ("patch", "patch", (*_WRITE, "force")),
           ("delete", "delete", _DELETE))  # fmt: skip


def paths_of(rt: ResourceType, component: str) -> KubernetesObject:
    """The path items of a resource and its status; `component` names its schema."""
    root = f"/apis/{rt.group}/{rt.version}" if rt.group else f"/api/{rt.version}"
    base = f"{root}/namespaces/{{namespace}}/{rt.plural}" if rt.namespaced else f"{root}/{rt.plural}"
    items = {base: _item(rt, component, _ON_MANY), f"{base}/{{name}}": _item(rt, component, _ON_ONE)}
    if rt.namespaced and "list" in rt.verbs:
        items[f"{root}/{rt.plural}"] = _item(rt, component, _ON_MANY[:1])
    if "status" in rt.subresources:
        items[f"{base}/{{name}}/status"] = _item(rt, component, _ON_ONE[:3])
    return {path: _with_path_parameters(path, item) for path, item in items.items() if item}


def _item(
    rt: ResourceType, component: str, operations: tuple[tuple[str, str, tuple[str, ...]], ...]
) -> KubernetesObject:
    return {
        method: _operation(rt, verb, method, component, parameters)
        for verb, method, parameters in operations
        if verb in rt.verbs
    }


def _with_path_parameters(path: str, item: KubernetesObject) -> KubernetesObject:
    names = [name for name in ("namespace", "name") if f"{{{name}}}" in path]
    if not names:
        return item
    described = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return {**item, "parameters": described}


def _operation(
    rt: ResourceType, verb: str, method: str, component: str, parameters: tuple[str, ...]
) -> KubernetesObject:
    schema = {"$ref": f"#/components/schemas/{component}"}
    response: KubernetesObject = {"description": "OK"}
    if verb in ("get", "create", "update", "patch"):
        response["content"] = {"application/json": {"schema": schema}}
    operation: KubernetesObject = {
        "description": f"{verb} {rt.kind}",
        "parameters": [{"name": name, "in": "query", "schema": {"type": _TYPES[name]}} for name in parameters],
        "responses": {"200": response},
        "x-kubernetes-action": verb if verb in ("list", "deletecollection") else method,
        "x-kubernetes-group-version-kind": {"group": rt.group, "kind": rt.kind, "version": rt.version},
    }
    if verb in ("create", "update"):
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    elif verb == "patch":
        bodies = _PATCHES if rt.crd else (*_PATCHES, _STRATEGIC)
        operation["requestBody"] = {"content": {body: {"schema": {"type": "object"}} for body in bodies}}
    return operation
