"""Installs the load tester into its namespace as soon as that is created.

The seed creates namespace ``test`` itself and then installs the load tester with Helm; here the second step
is done for it. Later changes and deletions are left alone until the namespace is created
again.
"""

from __future__ import annotations

from collections.abc import Callable

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.controllers.client import Client
from canarytui.sandbox.controllers.clock import Clock
from canarytui.sandbox.controllers.controller import Controller
from canarytui.sandbox.controllers.objects import NAMESPACES, GroupResource, Manifest, is_terminating, uid_of
from canarytui.sandbox.values import NamespacedName


class LoadTesterInstaller(Controller):
    """Creates `manifests` when `namespace` appears, once for each such namespace."""

    def __init__(
        self, client: Client, clock: Clock, namespace: str, manifests: Callable[[str], list[Manifest]]
    ) -> None:
        super().__init__(client, clock)
        self._namespace = namespace
        self._manifests = manifests
        self._installed_into = ""
        self._namespaces = client.cache(NAMESPACES)
        self.watch(NAMESPACES)

    def reconcile(self, key: NamespacedName) -> None:
        namespace = self._namespaces.get(*key)
        if namespace is None or key[1] != self._namespace or is_terminating(namespace):
            return
        if self._installed_into == uid_of(namespace):
            return
        for manifest in self._manifests(self._namespace):
            self._install(manifest)
        self._installed_into = uid_of(namespace)

    def _install(self, manifest: Manifest) -> None:
        resource_type = self.client.api.registry.by_kind(manifest["apiVersion"], manifest["kind"])
        if resource_type is None:
            return
        try:
            self.client.create(GroupResource(resource_type.group, resource_type.plural), manifest)
        except StatusError as error:
            if error.reason != "AlreadyExists":
                raise
