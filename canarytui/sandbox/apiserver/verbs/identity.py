"""Checks that the object in a request's body is the one its path names, and that its metadata is sound."""

from __future__ import annotations

from canarytui.sandbox.apiserver import errors
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import label_problems
from canarytui.sandbox.apiserver.types.label_problems import invalid
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject


def check_body(rt: ResourceType, obj: KubernetesObject, namespace: str | None, name: str | None) -> None:
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


def metadata_problems(strategy: KindStrategy, obj: KubernetesObject) -> list[Cause]:
    """What is wrong with name, labels, annotations, finalizers and owner references."""
    meta = obj["metadata"]
    name, prefix = meta.get("name") or "", meta.get("generateName") or ""
    causes: list[Cause] = []
    if prefix:
        # The generated part follows a trailing dash.
        shown = f"{prefix[:-1]}a" if prefix.endswith("-") and len(prefix) > 1 else prefix
        causes += [invalid("metadata.generateName", prefix, text) for text in strategy.name_problems(shown)]
    if name:
        causes += [invalid("metadata.name", name, text) for text in strategy.name_problems(name)]
    else:
        causes.append(Cause("FieldValueRequired", "metadata.name", "Required value: name or generateName is required"))
    return [
        *causes,
        *label_problems.in_labels(meta.get("labels"), "metadata.labels"),
        *label_problems.in_annotations(meta.get("annotations"), "metadata.annotations"),
        *_owner_problems(meta.get("ownerReferences") or []),
        *label_problems.in_finalizers(meta.get("finalizers"), "metadata.finalizers"),
    ]


def _owner_problems(owners: list[KubernetesObject]) -> list[Cause]:
    causes = []
    for owner in owners:
        if not str(owner.get("apiVersion") or "").rpartition("/")[2]:
            path = "metadata.ownerReferences.apiVersion"
            causes.append(invalid(path, owner.get("apiVersion") or "", "version must not be empty"))
        for field in ("kind", "name", "uid"):
            if not owner.get(field):
                causes.append(invalid(f"metadata.ownerReferences.{field}", "", "must not be empty"))
        if (owner.get("apiVersion"), owner.get("kind")) == ("v1", "Event"):
            text = "/v1, Kind=Event is disallowed from being an owner reference"
            causes.append(invalid("metadata.ownerReferences", owner, text))
    controllers = [owner for owner in owners if owner.get("controller")]
    if len(controllers) > 1:
        text = (
            "Only one reference can have Controller set to true. Found "
            f'"true" in references for {controllers[0].get("kind")}/{controllers[0].get("name")} and '
            f"{controllers[1].get('kind')}/{controllers[1].get('name')}"
        )
        causes.append(Cause("FieldValueInvalid", "metadata.ownerReferences", f"Invalid value: null: {text}"))
    return causes
