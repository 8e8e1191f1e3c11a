"""Kinds with few rules: namespaces, config maps, secrets, service accounts, events, autoscalers, and others."""

from __future__ import annotations

import base64
import binascii

from canarytui.sandbox.apiserver import objects
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import label_problems, names
from canarytui.sandbox.apiserver.types.strategy import Object, Strategy


class NamespaceStrategy(Strategy):
    """A namespace holds the finalizer ``kubernetes`` until it is empty."""

    def name_problems(self, name: str) -> list[str]:
        return names.label(name)

    def prepare_create(self, obj: Object) -> None:
        obj["spec"] = {"finalizers": ["kubernetes"]}
        obj["status"] = {"phase": "Active"}

    def prepare_update(self, obj: Object, old: Object) -> None:
        super().prepare_update(obj, old)
        obj["spec"] = {**(obj.get("spec") or {}), "finalizers": objects.at(old, "spec", "finalizers") or []}
        if not obj["spec"]["finalizers"]:
            del obj["spec"]["finalizers"]

    def default(self, obj: Object) -> None:
        labels = obj["metadata"].setdefault("labels", {})
        labels["kubernetes.io/metadata.name"] = obj["metadata"].get("name", "")


class ConfigMapStrategy(Strategy):
    """Data may be made immutable."""

    def validate(self, obj: Object) -> list[Cause]:
        return [
            problems.wrong(f"{field}[{key}]", key, text)
            for field in ("data", "binaryData")
            for key in obj.get(field) or {}
            for text in names.config_key(key)
        ]

    def validate_update(self, obj: Object, old: Object) -> list[Cause]:
        if not old.get("immutable"):
            return []
        fields = [f for f in ("data", "binaryData") if obj.get(f) != old.get(f)]
        found = [problems.forbidden(field, "field is immutable when `immutable` is set") for field in fields]
        if not obj.get("immutable"):
            found.append(problems.forbidden("immutable", "field is immutable when `immutable` is set"))
        return found


class SecretStrategy(ConfigMapStrategy):
    """``stringData`` is written into ``data``; the type stays."""

    def default(self, obj: Object) -> None:
        obj.setdefault("type", "Opaque")
        plain = obj.pop("stringData", None)
        if plain:
            encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
            obj["data"] = {**(obj.get("data") or {}), **encoded}

    def validate(self, obj: Object) -> list[Cause]:
        found = super().validate(obj)
        for key, value in (obj.get("data") or {}).items():
            try:
                base64.b64decode(value or "", validate=True)
            except (binascii.Error, ValueError):
                found.append(problems.wrong(f"data[{key}]", "<redacted>", "illegal base64 data"))
        return found

    def validate_update(self, obj: Object, old: Object) -> list[Cause]:
        found = super().validate_update(obj, old)
        if obj.get("type") != old.get("type"):
            found.append(problems.immutable("type", obj.get("type")))
        return found


class EventStrategy(Strategy):
    """Core events; the other group's shape is a view of the same."""

    def default(self, obj: Object) -> None:
        for field in ("source", "metadata"):
            obj.setdefault(field, {})
        for field in ("firstTimestamp", "lastTimestamp", "eventTime"):
            obj.setdefault(field, None)
        obj.setdefault("reportingComponent", (obj["source"] or {}).get("component", ""))
        obj.setdefault("reportingInstance", "")
        if "type" not in obj:
            obj["type"] = "Normal"

    def validate(self, obj: Object) -> list[Cause]:
        namespace = objects.at(obj, "involvedObject", "namespace") or "default"
        if "involvedObject" in obj and namespace != obj["metadata"].get("namespace"):
            return [problems.wrong("involvedObject.namespace", namespace, "does not match event.namespace")]
        return []


class NewEventStrategy(Strategy):
    """events.k8s.io: the deprecated fields of the core shape are filled on the way."""

    def default(self, obj: Object) -> None:
        obj.setdefault("eventTime", None)


class AutoscalerStrategy(Strategy):
    """At least one replica, no fewer at most than at least."""

    def default(self, obj: Object) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("minReplicas", 1)
        if self.rt.version != "v1" and not spec.get("metrics"):
            target = {"type": "Utilization", "averageUtilization": 80}
            spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]

    def validate(self, obj: Object) -> list[Cause]:
        spec = obj["spec"]
        least, most = spec.get("minReplicas", 1), spec.get("maxReplicas") or 0
        found: list[Cause] = problems.too_small("spec.minReplicas", least, 1)
        if most < 1:
            found.append(problems.wrong("spec.maxReplicas", most, "must be greater than 0"))
        elif most < least:
            why = "must be greater than or equal to `minReplicas`"
            found.append(problems.wrong("spec.maxReplicas", most, why))
        for field in ("kind", "name"):
            if not objects.at(spec, "scaleTargetRef", field):
                found.append(problems.required(f"spec.scaleTargetRef.{field}"))
        return found


class GenerationStrategy(Strategy):
    """Kinds whose only particular is a generation."""

    has_generation = True


class DisruptionBudgetStrategy(GenerationStrategy):
    """Its selector."""

    def validate(self, obj: Object) -> list[Cause]:
        return label_problems.in_selector(objects.at(obj, "spec", "selector"), "spec.selector")


class NetworkPolicyStrategy(GenerationStrategy):
    """Its pods' selector."""

    def validate(self, obj: Object) -> list[Cause]:
        return label_problems.in_selector(objects.at(obj, "spec", "podSelector"), "spec.podSelector")


class RoleStrategy(Strategy):
    """Names of roles may hold colons."""

    def name_problems(self, name: str) -> list[str]:
        return names.path_segment(name)


class RoleBindingStrategy(RoleStrategy):
    """The role that is bound may not change; subjects get their API group."""

    def default(self, obj: Object) -> None:
        role = obj.get("roleRef")
        if isinstance(role, dict):
            role.setdefault("apiGroup", "rbac.authorization.k8s.io")
        for subject in obj.get("subjects") or ():
            if subject.get("kind") in ("User", "Group"):
                subject.setdefault("apiGroup", "rbac.authorization.k8s.io")

    def validate_update(self, obj: Object, old: Object) -> list[Cause]:
        if obj.get("roleRef") != old.get("roleRef"):
            return [problems.wrong("roleRef", obj.get("roleRef"), "cannot change roleRef")]
        return []
