"""CustomResourceDefinitions: names are accepted in the same write, so that a CRD is served immediately."""

from __future__ import annotations

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import CREATED_AT
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject

CRD_CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""Holds a CustomResourceDefinition until the last of its objects has gone."""


class DefinitionStrategy(KindStrategy):
    """Does in the same write what kube-apiserver's controllers do to a new CRD."""

    has_generation = True

    def prepare_create(self, obj: KubernetesObject) -> None:
        obj.pop("status", None)
        finalizers = obj["metadata"].get("finalizers") or []
        if CRD_CLEANUP not in finalizers:
            obj["metadata"]["finalizers"] = [*finalizers, CRD_CLEANUP]

    def default(self, obj: KubernetesObject) -> None:
        spec = obj.setdefault("spec", {})
        names = spec.setdefault("names", {})
        if names.get("kind"):
            names.setdefault("singular", names["kind"].lower())
            names.setdefault("listKind", f"{names['kind']}List")
        spec.setdefault("conversion", {}).setdefault("strategy", "None")
        self._accept(obj, spec, names)

    @staticmethod
    def _accept(obj: KubernetesObject, spec: KubernetesObject, names: KubernetesObject) -> None:
        status = obj.setdefault("status", {})
        status["acceptedNames"] = dict(names)
        stored = [version["name"] for version in spec.get("versions") or () if version.get("storage")]
        known = status.get("storedVersions") or []
        status["storedVersions"] = [*known, *(name for name in stored if name not in known)]
        if status.get("conditions"):
            return
        since = obj["metadata"].get("creationTimestamp")
        status["conditions"] = [
            {"lastTransitionTime": since, "message": "no conflicts found", "reason": "NoConflicts",
             "status": "True", "type": "NamesAccepted"},
            {"lastTransitionTime": since, "message": "the initial names have been accepted",
             "reason": "InitialNamesAccepted", "status": "True", "type": "Established"},
        ]  # fmt: skip

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        spec = obj["spec"]
        found: list[Cause] = []
        for field in ("plural", "kind"):
            if not objects.at(spec, "names", field):
                found.append(problems.required(f"spec.names.{field}"))
        if not spec.get("group"):
            found.append(problems.required("spec.group"))
        if spec.get("scope") not in ("Cluster", "Namespaced"):
            found.append(problems.unsupported("spec.scope", str(spec.get("scope", "")), ("Cluster", "Namespaced")))
        versions = spec.get("versions") or []
        storage = [version for version in versions if version.get("storage")]
        if len(storage) != 1:
            why = "must have exactly one version marked as storage version"
            found.append(problems.wrong("spec.versions", [v.get("name") for v in versions], why))
        for index, version in enumerate(versions):
            if not objects.at(version, "schema", "openAPIV3Schema"):
                where = f"spec.versions[{index}].schema.openAPIV3Schema"
                found.append(problems.required(where, "schemas are required"))
        expected = f"{objects.at(spec, 'names', 'plural')}.{spec.get('group')}"
        if obj["metadata"].get("name") != expected:
            why = 'must be spec.names.plural+"."+spec.group'
            found.append(problems.wrong("metadata.name", obj["metadata"].get("name"), why))
        return found


CUSTOM_RESOURCE_DEFINITION = ResourceKind(
    name="CustomResourceDefinition",
    plural="customresourcedefinitions",
    group="apiextensions.k8s.io",
    namespaced=False,
    short_names=("crd", "crds"),
    categories=("api-extensions",),
    subresources=frozenset({"status"}),
    strategy=DefinitionStrategy,
    printer=CREATED_AT,
)
