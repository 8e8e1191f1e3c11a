"""The objects that a sandbox starts with: namespaces, roles, the API's own service, definitions, add-ons."""

from __future__ import annotations

from collections.abc import Iterable

from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.access.bootstrap import bootstrap_rbac
from canarytui.sandbox.apiserver.api import MERGE_PATCH, Api
from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.types.kinds.services import KUBERNETES_SERVICE_IP
from canarytui.sandbox.resource_metrics import GROUP as RESOURCE_METRICS
from canarytui.sandbox.values import KubernetesObject

MANAGER = "canarytui-sandbox"
_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


def create_system(api: Api, api_port: int, *, controller: bool, provider: str = "traefik") -> None:
    """Create what is missing; objects of an earlier start with the same data directory are kept."""
    namespaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in _NAMESPACES]
    create_missing(api, [*namespaces, *bootstrap_rbac(), *manifests.crds()])
    create_missing(api, [*_kubernetes_service(api_port), _resource_metrics_service()])
    create_missing(api, manifests.system_addons(controller=controller, provider=provider))
    deployments = api.registry.find("apps", "deployments")
    wanted = {"spec": {"replicas": 1 if controller else 0}}
    api.patch(deployments, "traefik", "flagger", wanted, MERGE_PATCH, field_manager=MANAGER)


def create_scenario(api: Api, name: str, provider: str = "traefik") -> None:
    """Create the objects of a scenario, ``seed`` being the only one, with a canary routed by `provider`."""
    if name == "seed":
        create_missing(api, manifests.seed_scenario(provider))


def first_provider(api: Api, wanted: str) -> str:
    """`wanted`, or with the data directory of an earlier start the provider of that start: its gateway is there."""
    try:
        flagger = api.get(api.registry.find("apps", "deployments"), "traefik", "flagger")
    except StatusError:
        return wanted
    return manifests.provider_of(flagger) or wanted


def create_missing(api: Api, objects: Iterable[KubernetesObject]) -> None:
    """Create each object unless one of its name exists.

    Raises:
        StatusError: the object is refused for another reason.
    """
    for obj in objects:
        rt = api.registry.by_kind(obj["apiVersion"], obj["kind"])
        if rt is None:
            raise LookupError(f"{obj['apiVersion']} {obj['kind']} is not served")
        try:
            api.create(rt, obj["metadata"].get("namespace"), obj, field_manager=MANAGER)
        except StatusError as error:
            if error.reason != "AlreadyExists":
                raise


def _kubernetes_service(port: int) -> list[KubernetesObject]:
    meta: KubernetesObject = {"name": "kubernetes", "namespace": "default", "labels": {"component": "apiserver",
                                                                           "provider": "kubernetes"}}  # fmt: skip
    ports = [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": port}]
    spec = {"clusterIP": KUBERNETES_SERVICE_IP, "ports": ports}
    subset = {"addresses": [{"ip": "127.0.0.1"}], "ports": [{"name": "https", "port": port, "protocol": "TCP"}]}
    endpoints_meta = {"name": "kubernetes", "namespace": "default"}
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec},
        {"apiVersion": "v1", "kind": "Endpoints", "metadata": endpoints_meta, "subsets": [subset]},
    ]


def _resource_metrics_service() -> KubernetesObject:
    """The APIService of ``metrics.k8s.io``: this API server answers for it itself."""
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"v1beta1.{RESOURCE_METRICS}"},
        "spec": {
            "group": RESOURCE_METRICS,
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        },
    }
