"""The resources that the data plane reads and writes, and where their URLs are."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct


class ApiPath(Struct, frozen=True):
    """One resource type: the root of its API, such as ``/apis/apps/v1``, and its plural name."""

    root: str
    plural: str

    def path(self, namespace: str | None = None, name: str = "", subresource: str = "") -> str:
        """URL path of the collection (no name) or of one object; no `namespace` means cluster-wide."""
        scope = ["namespaces", quote(namespace, safe="")] if namespace else []
        parts = [self.root, *scope, self.plural, quote(name, safe=":"), subresource]
        return "/".join(part for part in parts if part)


_CORE = "/api/v1"
_TRAEFIK = "/apis/traefik.io/v1alpha1"
_TRAEFIK_OLD = "/apis/traefik.containo.us/v1alpha1"
_GATEWAY_API = "/apis/gateway.networking.k8s.io/v1"

PODS = ApiPath(_CORE, "pods")
SERVICES = ApiPath(_CORE, "services")
ENDPOINTS = ApiPath(_CORE, "endpoints")
EVENTS = ApiPath(_CORE, "events")
CONFIG_MAPS = ApiPath(_CORE, "configmaps")
SECRETS = ApiPath(_CORE, "secrets")
SERVICE_ACCOUNTS = ApiPath(_CORE, "serviceaccounts")
NODES = ApiPath(_CORE, "nodes")
LEASES = ApiPath("/apis/coordination.k8s.io/v1", "leases")
TOKEN_REVIEWS = ApiPath("/apis/authentication.k8s.io/v1", "tokenreviews")
TRAEFIK_SERVICES = ApiPath(_TRAEFIK, "traefikservices")
INGRESS_ROUTES = ApiPath(_TRAEFIK, "ingressroutes")
MIDDLEWARES = ApiPath(_TRAEFIK, "middlewares")
TRAEFIK_SERVICES_OLD = ApiPath(_TRAEFIK_OLD, "traefikservices")
INGRESS_ROUTES_OLD = ApiPath(_TRAEFIK_OLD, "ingressroutes")
MIDDLEWARES_OLD = ApiPath(_TRAEFIK_OLD, "middlewares")
INGRESSES = ApiPath("/apis/networking.k8s.io/v1", "ingresses")
INGRESS_CLASSES = ApiPath("/apis/networking.k8s.io/v1", "ingressclasses")
GATEWAY_CLASSES = ApiPath(_GATEWAY_API, "gatewayclasses")
GATEWAYS = ApiPath(_GATEWAY_API, "gateways")
HTTP_ROUTES = ApiPath(_GATEWAY_API, "httproutes")
