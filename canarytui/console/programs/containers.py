"""The containers of a canary's and its primary's pods that a shell can be opened in, and the command that opens it."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from canarytui.domain.plan import Permission
from canarytui.domain.sentences import programs as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_mapping, as_mappings
from canarytui.errors import CanarytuiError
from canarytui.session.canary_detail import CanaryDetail, name_of
from canarytui.session.log_follower import CANARY, PRIMARY

_PARTS = ((CANARY, "target"), (PRIMARY, "primary"))
_LOOK_S, _PATIENCE_S = 0.1, 5.0


class RunningContainer(Struct, frozen=True):
    """`side` is ``canary`` or ``primary``."""

    side: str
    namespace: str
    pod: str
    name: str

    @property
    def permission(self) -> Permission:
        return Permission("create", "", "pods", "exec", self.namespace, self.pod)

    def shell(self, kubeconfig: str, context: str) -> tuple[str, ...]:
        """kubectl's command for a shell in it."""
        file = ("--kubeconfig", kubeconfig) if kubeconfig else ()
        where = ("--context", context, "--namespace", self.namespace)
        return ("kubectl", *file, *where, "exec", "-it", self.pod, "--container", self.name, "--", "sh")

    def __str__(self) -> str:
        return f"{self.side:<8} {clean(self.pod, 260)}  {clean(self.name, 80)}"


async def running_containers(detail: CanaryDetail) -> list[RunningContainer]:
    """Canary first, then primary, the application's container before others.

    Raises:
        CanarytuiError: the pods may not be read, or are not answered for.
    """
    canary = clean("/".join(detail.key), 520)
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        if detail.is_known("Pod") or "Pod" in detail.refusals:
            break
        await asyncio.sleep(_LOOK_S)
    if not detail.is_known("Pod"):
        why = clean(detail.refusals.get("Pod") or words.NO_ANSWER_YET.text(), 300).rstrip(".")
        raise CanarytuiError(words.PODS_UNREAD.text(canary=canary, why=why))
    found = [
        RunningContainer(side, detail.key[0], name_of(pod), str(status.get("name")))
        for side, part in _PARTS
        for pod in sorted(detail.objects("Pod", part), key=name_of)
        if not as_mapping(pod.get("metadata")).get("deletionTimestamp")
        for status in as_mappings(as_mapping(pod.get("status")).get("containerStatuses"))
        if as_mapping(status.get("state")).get("running") is not None
    ]
    if not found:
        raise CanarytuiError(words.NO_CONTAINER.text(canary=canary))
    return found
