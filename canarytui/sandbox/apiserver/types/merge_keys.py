"""How lists and maps of built-in objects merge, by field, as documented in the Kubernetes API.

For each list: its kind and keys for server-side apply, and its merge key for strategic merge patches (they
differ in places: container ports are identified by port and protocol in one, by port in the other).
"""

from __future__ import annotations

from msgspec import Struct

Place = tuple[str, str]
"""Model name of the official client, and the field's JSON name."""


class ListRule(Struct, frozen=True):
    """``list_type`` is atomic, set or map; ``patch_merges`` says that a strategic patch merges the list."""

    list_type: str = "atomic"
    map_keys: tuple[str, ...] = ()
    patch_key: str = ""
    patch_merges: bool = False


def _map(*keys: str, patch: str | None = None) -> ListRule:
    return ListRule("map", keys, keys[0] if patch is None else patch, True)


_SET = ListRule("set", (), "", True)
_POD_LISTS = {
    "containers": _map("name"),
    "initContainers": _map("name"),
    "ephemeralContainers": _map("name"),
    "volumes": _map("name"),
    "imagePullSecrets": _map("name"),
    "hostAliases": _map("ip"),
    "topologySpreadConstraints": _map("topologyKey", "whenUnsatisfiable"),
    "resourceClaims": _map("name"),
    "schedulingGates": _map("name"),
}
_CONTAINER_LISTS = {
    "ports": _map("containerPort", "protocol"),
    "env": _map("name"),
    "volumeMounts": _map("mountPath"),
    "volumeDevices": _map("devicePath"),
}

LISTS: dict[Place, ListRule] = {
    ("V1ObjectMeta", "ownerReferences"): _map("uid"),
    ("V1ObjectMeta", "finalizers"): _SET,
    **{("V1PodSpec", field): rule for field, rule in _POD_LISTS.items()},
    **{
        (container, field): rule
        for container in ("V1Container", "V1EphemeralContainer")
        for field, rule in _CONTAINER_LISTS.items()
    },
    ("V1ResourceRequirements", "claims"): ListRule("map", ("name",)),
    ("V1PodStatus", "podIPs"): _map("ip"),
    ("V1PodStatus", "hostIPs"): ListRule("atomic", (), "ip", True),
    ("V1ServiceSpec", "ports"): _map("port", "protocol"),
    ("V1ServiceAccount", "secrets"): _map("name"),
    ("V1NodeSpec", "taints"): ListRule("atomic", (), "key", True),
    ("V1NodeSpec", "podCIDRs"): _SET,
    ("V1NodeStatus", "addresses"): _map("type"),
    ("V1StatefulSetSpec", "volumeClaimTemplates"): ListRule(),
    ("V1PersistentVolumeClaimSpec", "accessModes"): ListRule(),
    ("V1NamespaceSpec", "finalizers"): ListRule(),
    ("V1IngressSpec", "rules"): ListRule(),
    ("V1HTTPIngressRuleValue", "paths"): ListRule(),
    ("V1APIServiceStatus", "conditions"): _map("type"),
    ("V1MutatingWebhookConfiguration", "webhooks"): _map("name"),
    ("V1ValidatingWebhookConfiguration", "webhooks"): _map("name"),
    ("V1CustomResourceDefinitionStatus", "conditions"): ListRule("map", ("type",)),
    ("V2HorizontalPodAutoscalerStatus", "conditions"): _map("type"),
    **{
        (f"V1{kind}Status", "conditions"): _map("type")
        for kind in ("Pod", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "Namespace", "Node",
                     "ReplicationController", "PersistentVolumeClaim", "Service", "PodDisruptionBudget")
    },
}  # fmt: skip

ATOMIC_MAPS: frozenset[Place] = frozenset({
    ("V1ServiceSpec", "selector"), ("V1PodSpec", "nodeSelector"), ("V1ReplicationControllerSpec", "selector"),
})  # fmt: skip

ATOMIC_STRUCTS: frozenset[str] = frozenset({
    "V1LabelSelector", "V1NodeSelector", "V1NodeSelectorTerm", "V1ObjectReference", "V1LocalObjectReference",
    "V1SecretKeySelector", "V1ConfigMapKeySelector", "V1ObjectFieldSelector", "V1ResourceFieldSelector",
    "V1TypedLocalObjectReference", "V1RoleRef", "RbacV1Subject", "V1OwnerReference", "V1ScopeSelector",
    "V1SecretReference", "V1CrossVersionObjectReference", "V1TypedObjectReference", "V1IngressClassParametersReference",
})  # fmt: skip

RETAIN_KEYS: frozenset[Place] = frozenset({("V1DeploymentSpec", "strategy")})

KEY_DEFAULTS = {"protocol": "TCP"}

QUANTITY_MAPS: frozenset[Place] = frozenset({
    ("V1ResourceRequirements", "limits"), ("V1ResourceRequirements", "requests"), ("V1PodSpec", "overhead"),
    ("V1VolumeResourceRequirements", "limits"), ("V1VolumeResourceRequirements", "requests"),
    ("V1NodeStatus", "capacity"), ("V1NodeStatus", "allocatable"), ("V1PersistentVolumeSpec", "capacity"),
    ("V1ResourceQuotaSpec", "hard"), ("V1ResourceQuotaStatus", "hard"), ("V1ResourceQuotaStatus", "used"),
    ("V1LimitRangeItem", "default"), ("V1LimitRangeItem", "defaultRequest"), ("V1LimitRangeItem", "max"),
    ("V1LimitRangeItem", "min"), ("V1LimitRangeItem", "maxLimitRequestRatio"),
    ("V1PersistentVolumeClaimStatus", "capacity"), ("V1PersistentVolumeClaimStatus", "allocatedResources"),
})  # fmt: skip

QUANTITIES: frozenset[Place] = frozenset({
    ("V2MetricTarget", "averageValue"), ("V2MetricTarget", "value"), ("V2MetricValueStatus", "averageValue"),
    ("V2MetricValueStatus", "value"), ("V1EmptyDirVolumeSource", "sizeLimit"), ("V1ResourceFieldSelector", "divisor"),
})  # fmt: skip

FREE_OBJECTS: frozenset[Place] = frozenset({
    ("V1JSONSchemaProps", "default"), ("V1JSONSchemaProps", "example"), ("V1JSONSchemaProps", "items"),
    ("V1JSONSchemaProps", "additionalProperties"), ("V1JSONSchemaProps", "additionalItems"),
    ("V1ManagedFieldsEntry", "fieldsV1"), ("V1ControllerRevision", "data"),
    ("V1CustomResourceSubresources", "status"),
})  # fmt: skip
"""Places whose type the client gives as ``object`` and that hold anything; all others are int-or-string."""

FREE_MODELS: frozenset[str] = frozenset({"V1JSONSchemaProps"})
"""Models that are recursive or irregular and checked by rules of their own."""
