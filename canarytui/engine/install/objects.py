"""The objects to apply: namespace, account, rights, Deployment and the Service that metrics are scraped from."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from canarytui import __version__
from canarytui.domain.traffic.selection import OWN_DEFAULT
from canarytui.engine.install.rights import Rule, cluster_rules, election_rules, rules

Object = dict[str, Any]
NAME = "canarytui"
PORT = 8080
_LABELS = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "controller"}
_RBAC = "rbac.authorization.k8s.io"
_USER = 65532
"""An unprivileged user, as in distroless images."""


class InstallOptions(Struct, frozen=True):
    """`providers`: the first is that of canaries that name none. `watch_namespace` "" means all namespaces; a single
    one needs no rights outside it, but for routing objects that have no namespace. `alert_link` is the controller's
    ``-alert-link``."""

    namespace: str = "canarytui-system"
    providers: tuple[str, ...] = (OWN_DEFAULT,)
    image: str = f"canarytui/controller:{__version__}"
    metrics_server: str = "http://prometheus:9090"
    watch_namespace: str = ""
    replicas: int = 1
    cluster_name: str = ""
    alert_link: str = ""


def objects(options: InstallOptions) -> list[Object]:
    """All of them, in an order in which they can be applied.

    Raises:
        UsageError: a provider that the controller does not know.
    """
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": options.namespace, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    }
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _meta(NAME, options.namespace)}
    return [namespace, account, *_rights(options), _deployment(options), _service(options)]


def _rights(options: InstallOptions) -> list[Object]:
    own, watched = rules(options.providers), options.watch_namespace
    everywhere = cluster_rules(options.providers) if watched else []
    return [
        *_granted(options, NAME, watched, [rule for rule in own if rule not in everywhere]),
        *(_granted(options, f"{NAME}-{watched}", "", everywhere) if everywhere else []),
        *_granted(options, f"{NAME}-leader-election", watched or options.namespace, election_rules()),
    ]


def _granted(options: InstallOptions, name: str, where: str, granted: list[Rule]) -> list[Object]:
    """A role and its binding to the account, in one namespace or, with `where` "", in all."""
    prefix = "" if where else "Cluster"
    role = {
        "apiVersion": f"{_RBAC}/v1",
        "kind": f"{prefix}Role",
        "metadata": _meta(name, where),
        "rules": granted,
    }
    binding = {
        "apiVersion": f"{_RBAC}/v1",
        "kind": f"{prefix}RoleBinding",
        "metadata": _meta(name, where),
        "roleRef": {"apiGroup": _RBAC, "kind": f"{prefix}Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": options.namespace}],
    }
    return [role, binding]


def _deployment(options: InstallOptions) -> Object:
    scrape = {"prometheus.io/scrape": "true", "prometheus.io/port": str(PORT)}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta(NAME, options.namespace),
        "spec": {
            "replicas": options.replicas,
            "selector": {"matchLabels": dict(_LABELS)},
            "template": {
                "metadata": {"labels": dict(_LABELS), "annotations": scrape},
                "spec": {
                    "serviceAccountName": NAME,
                    "terminationGracePeriodSeconds": 40,  # ticks 20 s, Events 5 s, the Lease 5 s
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": _USER,
                        "runAsGroup": _USER,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [_container(options)],
                    "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "16Mi"}}],
                },
            },
        },
    }


def _container(options: InstallOptions) -> Object:
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "timeoutSeconds": 5, "periodSeconds": 10}
    return {
        "name": "controller",
        "image": options.image,
        "command": ["canarytui", "controller"],
        "args": arguments(options),
        "ports": [{"name": "http", "containerPort": PORT, "protocol": "TCP"}],
        "livenessProbe": {**probe, "failureThreshold": 6},
        "readinessProbe": probe,
        "resources": {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }


def arguments(options: InstallOptions) -> list[str]:
    """The controller's flags. The Lease is in the namespace that is watched, if it is one, as Flagger has it."""
    given = [
        f"-mesh-provider={options.providers[0]}",
        f"-metrics-server={options.metrics_server}",
        "-log-level=info",
        "-enable-leader-election=true",
    ]
    if options.watch_namespace:
        given.append(f"-namespace={options.watch_namespace}")
    else:
        given.append(f"-leader-election-namespace={options.namespace}")
    named = (("-cluster-name", options.cluster_name), ("-alert-link", options.alert_link))
    return given + [f"{flag}={value}" for flag, value in named if value]


def _service(options: InstallOptions) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta(NAME, options.namespace),
        "spec": {
            "selector": dict(_LABELS),
            "ports": [{"name": "http", "protocol": "TCP", "port": PORT, "targetPort": "http"}],
        },
    }


def _meta(name: str, namespace: str) -> Object:
    """No namespace for "", which is for objects of the whole cluster."""
    return {"name": name, **({"namespace": namespace} if namespace else {}), "labels": dict(_LABELS)}
