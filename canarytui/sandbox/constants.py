"""Names that the sandbox's parts agree on beside the Kubernetes API.

The API server, the controllers and the data plane are written against the Kubernetes API alone. What a real cluster
solves by other means (which address a pod really listens on, who may run commands in the load tester) the sandbox
solves with these names.
"""

from __future__ import annotations

import importlib.metadata

NODE_NAME = "sandbox"
"""The only node; its kubelet is the data plane process."""

LISTEN_ANNOTATION = "sandbox.canarytui.dev/listen"
"""Pod annotation, a JSON object: container port as text -> ``127.0.0.1:PORT`` where it really listens.

Written by the data plane once the pod's server accepts connections; pod IPs are only names."""

SECRET_ENV = "CANARYTUI_SANDBOX_SECRET"
"""Environment variable with the secret that the sandbox's own processes share."""

SECRET_HEADER = "X-Canarytui-Sandbox-Secret"
"""Header that carries it: from the API server to the kubelet, and from any trusted forwarder to a pod.

The load tester runs commands only for requests with it, so neither another user of the machine nor a web page can
run any."""

DESTINATION_HEADER = "X-Canarytui-Sandbox-Destination"
"""Header that tells the cluster proxy where a request goes. Go's HTTP client, and so hey, writes the Host that it is
given into the proxied URL, from which the destination is lost; the shim of hey adds it."""

EMBEDDED_ENV = "CANARYTUI_SANDBOX_EMBEDDED"
"""Environment variable that makes the sandbox use its own prometheus, hey and curl even where the real ones are
installed, as on a machine with nothing but Python."""

CLUSTER_DOMAIN = "svc.cluster.local"

IMAGE_PODINFO = "stefanprodan/podinfo"
IMAGE_TRAEFIK = "traefik"
IMAGE_INGRESS_NGINX = "ingress-nginx/controller"
IMAGE_PROMETHEUS = "prom/prometheus"
IMAGE_LOADTESTER = "ghcr.io/fluxcd/flagger-loadtester"
IMAGE_CONTROLLER = "canarytui/controller"


def version() -> str:
    """The version of the distribution that this is part of; "0.0.0" where none is installed."""
    try:
        return importlib.metadata.version(__name__.partition(".")[0])
    except importlib.metadata.PackageNotFoundError:
        return "0.0.0"
