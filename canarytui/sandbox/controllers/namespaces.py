"""Default contents of namespaces, and their termination.

A new namespace gets the ServiceAccount ``default`` and the ConfigMap ``kube-root-ca.crt``. One that is
being deleted is emptied first: every object of every namespaced resource is deleted, and when none is left
the namespace is removed.
"""

from __future__ import annotations

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import (
    CONFIG_MAPS,
    NAMESPACES,
    SERVICE_ACCOUNTS,
    GroupResource,
    Manifest,
    editable,
    is_terminating,
    key_of,
)
from canarytui.sandbox.values import NamespacedName

ROOT_CA = "kube-root-ca.crt"
ROOT_CA_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as "
    "the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
    "Kubernetes clusters."
)
EMPTYING_PERIOD_S = 0.2
"""Interval of checks on a namespace whose pods are still terminating."""


class NamespaceDefaultsController(Controller):
    """Gives each namespace its default ServiceAccount and the cluster's CA, again after deletion."""

    def __init__(self, client: Client, clock: Clock, ca_pem: str) -> None:
        super().__init__(client, clock)
        self._ca_pem = ca_pem
        self._namespaces = client.cache(NAMESPACES)
        self._accounts = client.cache(SERVICE_ACCOUNTS)
        self._config_maps = client.cache(CONFIG_MAPS)
        self.watch(NAMESPACES)
        self._accounts.subscribe(self._content_changed)
        self._config_maps.subscribe(self._content_changed)

    def _content_changed(self, before: Manifest | None, after: Manifest | None) -> None:
        manifest = after or before
        if manifest is not None and key_of(manifest)[1] in ("default", ROOT_CA):
            self.queue.add(("", key_of(manifest)[0]))

    def reconcile(self, key: NamespacedName) -> None:
        _, namespace = key
        found = self._namespaces.get("", namespace)
        if found is None or is_terminating(found):
            return
        if self._accounts.get(namespace, "default") is None:
            account = {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": _metadata("default", namespace),
            }
            self.client.create(SERVICE_ACCOUNTS, account)
        config_map = self._config_maps.get(namespace, ROOT_CA)
        data = {"ca.crt": self._ca_pem}
        if config_map is None:
            metadata = {
                **_metadata(ROOT_CA, namespace),
                "annotations": {"kubernetes.io/description": ROOT_CA_DESCRIPTION},
            }
            created = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
            self.client.create(CONFIG_MAPS, created)
        elif config_map.get("data") != data:
            self.client.update(CONFIG_MAPS, {**config_map, "data": data})


def _metadata(name: str, namespace: str) -> Manifest:
    return {"name": name, "namespace": namespace}


class NamespaceTerminationController(Controller):
    """Empties namespaces that are being deleted."""

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        self._namespaces = client.cache(NAMESPACES)
        self.watch(NAMESPACES)

    def reconcile(self, key: NamespacedName) -> None:
        namespace = self._namespaces.get(*key)
        if namespace is None or not is_terminating(namespace):
            return
        remaining = self._empty(key[1])
        if remaining:
            self._tell_remaining(namespace, remaining)
            self.queue.add_after(key, EMPTYING_PERIOD_S)
            return
        if (namespace["spec"].get("finalizers") or []) == []:
            return
        released = editable(self._namespaces.get(*key) or namespace)
        released["spec"]["finalizers"] = [name for name in released["spec"]["finalizers"] if name != "kubernetes"]
        try:
            self.client.update(NAMESPACES, released, subresource="finalize")
        except StatusError as error:
            if error.code != 404:
                raise

    def _empty(self, namespace: str) -> dict[str, int]:
        """Delete everything in the namespace; returns what is left, by resource name."""
        remaining: dict[str, int] = {}
        for resource_type in _deletable(self.client):
            objects = self.client.api.list(resource_type, namespace).items
            for manifest in objects:
                if not is_terminating(manifest):
                    self.client.delete(GroupResource(resource_type.group, resource_type.plural), manifest)
            left = len(self.client.api.list(resource_type, namespace).items) if objects else 0
            if left:
                remaining[resource_type.group_resource] = left
        return remaining

    def _tell_remaining(self, namespace: Manifest, remaining: dict[str, int]) -> None:
        listed = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(remaining.items()))
        entry = {
            "type": "NamespaceContentRemaining",
            "status": "True",
            "reason": "SomeResourcesRemain",
            "message": f"Some resources are remaining: {listed}",
        }
        current = (namespace.get("status") or {}).get("conditions") or []
        if any(each["type"] == entry["type"] and each["message"] == entry["message"] for each in current):
            return
        stamped = {**entry, "lastTransitionTime": self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")}
        others = [each for each in current if each["type"] != entry["type"]]
        patch = {"status": {"conditions": [*others, stamped]}}
        self.client.merge_patch(NAMESPACES, namespace, patch, subresource="status")


def _deletable(client: Client) -> list[ResourceType]:
    """Every namespaced resource that can be listed and deleted, each once; pods last, Events after them."""
    seen: set[GroupResource] = set()
    found = []
    for resource_type in client.api.registry.all():
        resource = GroupResource(resource_type.group, resource_type.plural)
        if not resource_type.namespaced or resource in seen or resource_type.group == "events.k8s.io":
            continue
        seen.add(resource)
        if {"list", "delete"} <= resource_type.verbs:
            found.append(resource_type)
    last = {"pods": 1, "events": 2}
    return sorted(found, key=lambda each: last.get(each.plural, 0) if not each.group else 0)
