"""Starts the pod of canarytui's controller, in Flagger's place: ``python -m canarytui controller``.

It gets what a pod gets in a real cluster, the token of its service account, in its own kubeconfig, and nothing else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from canarytui.sandbox.client.kube_client import KubeClient
from canarytui.sandbox.client.resources import SERVICE_ACCOUNTS
from canarytui.sandbox.node.instances import Launch
from canarytui.sandbox.node.runtimes.process import ProcessInstance, start_process
from canarytui.sandbox.servers import listen, port_of

DEFAULT_PORT = 8080
_TOKEN_S = 24 * 3600
_KEPT = ("PATH", "LANG", "TMPDIR", "PYTHONPATH", "HOME")


class ControllerPlace(Struct, frozen=True):
    """The client that requests the pod's token, our kubeconfig (for server and CA), the folder for pods."""

    client: KubeClient
    kubeconfig: Path
    pods_dir: Path


async def start_controller(launch: Launch, place: ControllerPlace) -> ProcessInstance:
    """Request the service account's token and start the controller with it.

    Raises:
        OSError: no free port, or the program does not start.
        RequestRefused, ServerUnreachable: there is no token.
    """
    folder = place.pods_dir / str(launch.pod["metadata"].get("uid") or launch.pod_name)
    folder.mkdir(parents=True, exist_ok=True)
    token = await _service_account_token(place.client, launch)
    kubeconfig = folder / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    text = yaml.safe_load(place.kubeconfig.read_text())
    kubeconfig.write_text(yaml.safe_dump(with_token(text, token, launch.namespace)))
    container_port = next(iter(launch.ports()), DEFAULT_PORT)
    sock = listen(launch.preferred.get(container_port))
    env = {name: os.environ[name] for name in _KEPT if name in os.environ}
    env.update({str(v["name"]): launch.env[v["name"]] for v in launch.container.get("env") or ()})
    env["KUBECONFIG"] = str(kubeconfig)
    command = [
        sys.executable,
        "-m",
        "canarytui",
        "controller",
        *(launch.container.get("args") or ()),
        f"-port={port_of(sock)}",
    ]
    return await start_process(launch, command, env, folder, {container_port: sock})


def with_token(kubeconfig: Mapping[str, Any], token: str, namespace: str) -> dict[str, Any]:
    """A kubeconfig for the same server with this token as its only user."""
    current = str(kubeconfig.get("current-context"))
    context = next(entry["context"] for entry in kubeconfig["contexts"] if entry["name"] == current)
    cluster = next(entry for entry in kubeconfig["clusters"] if entry["name"] == context["cluster"])
    user = "service-account"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [cluster],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [
            {
                "name": "sandbox",
                "context": {"cluster": cluster["name"], "user": user, "namespace": namespace},
            }
        ],
        "current-context": "sandbox",
    }


async def _service_account_token(client: KubeClient, launch: Launch) -> str:
    account = str(launch.pod["spec"].get("serviceAccountName") or "default")
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": _TOKEN_S},
    }
    path = SERVICE_ACCOUNTS.path(launch.namespace, account, "token")
    answer = await client.create(path, request)
    return str(answer["status"]["token"])
