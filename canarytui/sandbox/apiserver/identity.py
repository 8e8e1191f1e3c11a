"""Checks that the object in a request's body is the one its path names, and that its metadata is sound."""

from __future__ import annotations

from typing import Any

from canarytui.sandbox.apiserver import errors, names
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.kinds.strategy import Strategy
from canarytui.sandbox.apiserver.resources import ResourceType

Object = dict[str, Any]
_ANNOTATIONS_MAX = 256 * 1024


def check_body(rt: ResourceType, obj: Object, namespace: str | None, name: str | None) -> None:
    """Settle apiVersion, kind and namespace of ``obj``; raises :class:`StatusError` 400 if they disagree."""
    version, kind = obj.get("apiVersion") or rt.api_version, obj.get("kind") or rt.kind
    if version != rt.api_version:
        raise errors.bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({rt.api_version})"
        )
    if kind != rt.kind:
        raise errors.bad_request(
            f'{kind} in version "{rt.version}" cannot be handled as a {rt.kind}: '
            f"converting ({version}, Kind={kind}) to ({rt.api_version}, Kind={rt.kind}): unknown conversion"
        )
    obj["apiVersion"], obj["kind"] = version, kind
    meta = obj.setdefault("metadata", {})
    if not isinstance(meta, dict):
        raise errors.bad_request("metadata must be an object")
    if rt.namespaced:
        if meta.get("namespace") and meta["namespace"] != namespace:
            raise errors.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        meta["namespace"] = namespace
    else:
        meta.pop("namespace", None)
    if name is not None:
        if meta.get("name") and meta["name"] != name:
            raise errors.bad_request(
                f"the name of the object ({meta['name']}) does not match the name on the URL ({name})"
            )
        meta["name"] = name


def metadata_problems(strategy: Strategy, obj: Object) -> list[Cause]:
    """What is wrong with name, labels, annotations, finalizers and owner references."""
    meta = obj["metadata"]
    name = meta.get("name") or ""
    if not name:
        return [Cause("FieldValueRequired", "metadata.name", "Required value: name or generateName is required")]
    causes = [_invalid("metadata.name", name, text) for text in strategy.name_problems(name)]
    for key, value in (meta.get("labels") or {}).items():
        causes += [_invalid("metadata.labels", key, text) for text in names.qualified_name(key)]
        causes += [_invalid("metadata.labels", value, text) for text in names.label_value(value)]
    total = 0
    for key, value in (meta.get("annotations") or {}).items():
        causes += [_invalid("metadata.annotations", key, text) for text in names.qualified_name(key.lower())]
        total += len(key) + len(value)
    if total > _ANNOTATIONS_MAX:
        text = f"Too long: may not be more than {_ANNOTATIONS_MAX} bytes"
        causes.append(Cause("FieldValueTooLong", "metadata.annotations", text))
    for finalizer in meta.get("finalizers") or ():
        causes += [_invalid("metadata.finalizers", finalizer, text) for text in names.qualified_name(finalizer)]
    return causes + _owner_problems(meta.get("ownerReferences") or [])


def _owner_problems(owners: list[Object]) -> list[Cause]:
    causes = []
    for owner in owners:
        for field in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(field):
                path = f"metadata.ownerReferences.{field}"
                causes.append(Cause("FieldValueInvalid", path, f'Invalid value: "": {field} must not be empty'))
    controllers = [owner for owner in owners if owner.get("controller")]
    if len(controllers) > 1:
        text = (
            "Only one reference can have Controller set to true. Found "
            f'"true" in references for {controllers[0].get("kind")}/{controllers[0].get("name")} and '
            f"{controllers[1].get('kind')}/{controllers[1].get('name')}"
        )
        causes.append(Cause("FieldValueInvalid", "metadata.ownerReferences", f"Invalid value: null: {text}"))
    return causes


def _invalid(field: str, value: str, text: str) -> Cause:
    return Cause("FieldValueInvalid", field, f'Invalid value: "{value}": {text}')
