"""The built-in resources that the sandbox serves, in the order in which discovery lists their groups."""

from __future__ import annotations

from canarytui.sandbox.apiserver.types.resources import ALL_VERBS, CREATE_ONLY, ResourceType


def _rt(
    group_version: str,
    plural: str,
    kind: str,
    *,
    namespaced: bool = True,
    short: str = "",
    categories: str = "",
    sub: str = "",
    verbs: frozenset[str] = ALL_VERBS,
) -> ResourceType:
    group, _, version = group_version.rpartition("/")
    return ResourceType(
        group,
        version,
        kind,
        plural,
        kind.lower(),
        namespaced,
        tuple(short.split()),
        tuple(categories.split()),
        frozenset(sub.split()),
        verbs,
    )


_CORE = (
    _rt("v1", "namespaces", "Namespace", namespaced=False, short="ns", sub="status finalize",
        verbs=ALL_VERBS - {"deletecollection"}),
    _rt("v1", "pods", "Pod", short="po", categories="all",
        sub="status log exec attach portforward proxy eviction binding ephemeralcontainers resize"),
    _rt("v1", "services", "Service", short="svc", categories="all", sub="status proxy"),
    _rt("v1", "endpoints", "Endpoints", short="ep"),
    _rt("v1", "configmaps", "ConfigMap", short="cm"),
    _rt("v1", "secrets", "Secret"),
    _rt("v1", "events", "Event", short="ev"),
    _rt("v1", "serviceaccounts", "ServiceAccount", short="sa", sub="token"),
    _rt("v1", "nodes", "Node", namespaced=False, short="no", sub="status proxy"),
    _rt("v1", "persistentvolumeclaims", "PersistentVolumeClaim", short="pvc", sub="status"),
    _rt("v1", "persistentvolumes", "PersistentVolume", namespaced=False, short="pv", sub="status"),
    _rt("v1", "replicationcontrollers", "ReplicationController", short="rc", categories="all",
        sub="status scale"),
    _rt("v1", "resourcequotas", "ResourceQuota", short="quota", sub="status"),
    _rt("v1", "limitranges", "LimitRange", short="limits"),
    _rt("v1", "podtemplates", "PodTemplate"),
    _rt("v1", "componentstatuses", "ComponentStatus", namespaced=False, short="cs",
        verbs=frozenset({"get", "list"})),
)  # fmt: skip

_APPS = (
    _rt("apps/v1", "deployments", "Deployment", short="deploy", categories="all", sub="status scale"),
    _rt("apps/v1", "replicasets", "ReplicaSet", short="rs", categories="all", sub="status scale"),
    _rt("apps/v1", "daemonsets", "DaemonSet", short="ds", categories="all", sub="status"),
    _rt("apps/v1", "statefulsets", "StatefulSet", short="sts", categories="all", sub="status scale"),
    _rt("apps/v1", "controllerrevisions", "ControllerRevision"),
)

_AUTOSCALING = tuple(
    _rt(f"autoscaling/{version}", "horizontalpodautoscalers", "HorizontalPodAutoscaler", short="hpa",
        categories="all", sub="status")
    for version in ("v2", "v1", "v2beta2")
)  # fmt: skip

_BATCH = (
    _rt("batch/v1", "jobs", "Job", categories="all", sub="status"),
    _rt("batch/v1", "cronjobs", "CronJob", short="cj", categories="all", sub="status"),
)

_NETWORK = (
    _rt("networking.k8s.io/v1", "ingresses", "Ingress", short="ing", sub="status"),
    _rt("networking.k8s.io/v1", "ingressclasses", "IngressClass", namespaced=False),
    _rt("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", short="netpol"),
    _rt("discovery.k8s.io/v1", "endpointslices", "EndpointSlice"),
)

_ACCESS = (
    _rt("authentication.k8s.io/v1", "tokenreviews", "TokenReview", namespaced=False, verbs=CREATE_ONLY),
    _rt("authentication.k8s.io/v1", "selfsubjectreviews", "SelfSubjectReview", namespaced=False,
        verbs=CREATE_ONLY),
    _rt("authorization.k8s.io/v1", "subjectaccessreviews", "SubjectAccessReview", namespaced=False,
        verbs=CREATE_ONLY),
    _rt("authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=False,
        verbs=CREATE_ONLY),
    _rt("authorization.k8s.io/v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", namespaced=False,
        verbs=CREATE_ONLY),
    _rt("authorization.k8s.io/v1", "localsubjectaccessreviews", "LocalSubjectAccessReview",
        verbs=CREATE_ONLY),
    _rt("rbac.authorization.k8s.io/v1", "roles", "Role"),
    _rt("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding"),
    _rt("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", namespaced=False),
    _rt("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=False),
)  # fmt: skip

_OTHER = (
    _rt("events.k8s.io/v1", "events", "Event", short="ev"),
    _rt("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", short="pdb", sub="status"),
    _rt("coordination.k8s.io/v1", "leases", "Lease"),
    _rt("storage.k8s.io/v1", "storageclasses", "StorageClass", namespaced=False, short="sc"),
    _rt("scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", namespaced=False, short="pc"),
    _rt("admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration",
        namespaced=False, categories="api-extensions"),
    _rt("admissionregistration.k8s.io/v1", "validatingwebhookconfigurations",
        "ValidatingWebhookConfiguration", namespaced=False, categories="api-extensions"),
    _rt("apiregistration.k8s.io/v1", "apiservices", "APIService", namespaced=False,
        categories="api-extensions", sub="status"),
    _rt("apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced=False,
        short="crd crds", categories="api-extensions", sub="status"),
)  # fmt: skip

BUILTINS: tuple[ResourceType, ...] = (
    *_CORE, *_APPS, *_AUTOSCALING, *_BATCH, *_NETWORK, *_ACCESS, *_OTHER,
)  # fmt: skip
