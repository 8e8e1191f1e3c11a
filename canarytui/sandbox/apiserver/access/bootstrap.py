"""Default roles of a cluster, and the two that the sandbox adds for its viewer and operator."""

from __future__ import annotations

from collections.abc import Sequence

from canarytui.sandbox.values import KubernetesObject

_API = "rbac.authorization.k8s.io/v1"
_READ = ["get", "list", "watch"]
_WRITE = ["create", "delete", "deletecollection", "patch", "update"]
_APPS = ["daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets",
         "statefulsets/scale"]  # fmt: skip
_CORE = ["configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "replicationcontrollers",
         "replicationcontrollers/scale", "serviceaccounts", "services"]  # fmt: skip
_CORE_READ = [*_CORE, "namespaces", "limitranges", "pods/log", "pods/status", "resourcequotas", "services/status"]
_CANARIES = ["canaries", "canaries/status", "metrictemplates", "metrictemplates/status", "alertproviders",
             "alertproviders/status"]  # fmt: skip
_PATHS = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", "/version", "/version/", "/healthz",
          "/livez", "/readyz"]  # fmt: skip


def _rule(groups: Sequence[str], resources: Sequence[str], verbs: Sequence[str]) -> KubernetesObject:
    return {"apiGroups": list(groups), "resources": list(resources), "verbs": list(verbs)}


def _role(name: str, *rules: KubernetesObject) -> KubernetesObject:
    return {"apiVersion": _API, "kind": "ClusterRole", "metadata": _meta(name), "rules": list(rules)}


def _binding(name: str, role: str, *subjects: KubernetesObject) -> KubernetesObject:
    return {
        "apiVersion": _API,
        "kind": "ClusterRoleBinding",
        "metadata": _meta(name),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": list(subjects),
    }


def _meta(name: str) -> KubernetesObject:
    return {"name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}


def _group(name: str) -> KubernetesObject:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name}


def _user(name: str) -> KubernetesObject:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}


_VIEW = (
    _rule([""], _CORE_READ, _READ),
    _rule(["apps"], [*_APPS, "controllerrevisions"], _READ),
    _rule(["autoscaling"], ["horizontalpodautoscalers"], _READ),
    _rule(["batch"], ["cronjobs", "jobs"], _READ),
    _rule(["networking.k8s.io"], ["ingresses", "networkpolicies"], _READ),
    _rule(["discovery.k8s.io"], ["endpointslices"], _READ),
    _rule(["events.k8s.io"], ["events"], _READ),
    _rule(["policy"], ["poddisruptionbudgets"], _READ),
    _rule(["metrics.k8s.io"], ["nodes", "pods"], ["get", "list"]),
    _rule(["flagger.app"], _CANARIES, _READ),
    _rule(["traefik.io", "traefik.containo.us", "gateway.networking.k8s.io"], ["*"], _READ),
)
_EDIT = (
    *_VIEW,
    _rule([""], [*_CORE, "secrets", "pods/eviction"], [*_READ, *_WRITE]),
    _rule([""], ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"],
          [*_READ, *_WRITE]),
    _rule(["apps"], _APPS, _WRITE),
    _rule(["autoscaling"], ["horizontalpodautoscalers"], _WRITE),
    _rule(["batch"], ["cronjobs", "jobs"], _WRITE),
    _rule(["networking.k8s.io"], ["ingresses", "networkpolicies"], _WRITE),
    _rule(["flagger.app"], _CANARIES, _WRITE),
    _rule(["traefik.io", "traefik.containo.us", "gateway.networking.k8s.io"], ["*"], _WRITE),
)  # fmt: skip
_OPERATOR = (
    *_VIEW,
    _rule(["apps"], ["deployments", "daemonsets"], ["patch", "update"]),
    _rule(["flagger.app"], ["canaries", "canaries/status"], ["patch", "update"]),
    _rule([""], ["services/proxy", "pods/proxy"], ["get", "create"]),
)


def bootstrap_rbac() -> list[KubernetesObject]:
    """ClusterRoles and ClusterRoleBindings to create on first start."""
    access = _rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"])
    whoami = _rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"])
    return [
        _role("cluster-admin", _rule(["*"], ["*"], ["*"]), {"nonResourceURLs": ["*"], "verbs": ["*"]}),
        _role("admin", *_EDIT, _rule(["rbac.authorization.k8s.io"], ["rolebindings", "roles"], [*_READ, *_WRITE])),
        _role("edit", *_EDIT),
        _role("view", *_VIEW),
        _role("system:basic-user", access, whoami),
        _role("system:discovery", {"nonResourceURLs": _PATHS, "verbs": ["get"]}),
        _role("sandbox:operator", *_OPERATOR),
        _binding("cluster-admin", "cluster-admin", _group("system:masters")),
        _binding("system:basic-user", "system:basic-user", _group("system:authenticated")),
        _binding("system:discovery", "system:discovery", _group("system:authenticated")),
        _binding("sandbox:nodes", "cluster-admin", _group("system:nodes")),
        _binding("sandbox:viewer", "view", _user("viewer")),
        _binding("sandbox:operator", "sandbox:operator", _user("operator")),
    ]
