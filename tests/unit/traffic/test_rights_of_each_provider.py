"""The controller's rights for each provider are those that its router uses in whole rollouts: none missing, none more.

The end-to-end test of the rights (``tests/e2e/test_controller_process.py``) has one provider.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from recorded_rollouts import RECORDINGS
from rollouts import DEFAULT, PROMOTE, STRICT, UPDATE, iterated, rollout
from test_each_provider import GOOD, SPLITTING, WatchedSplit, played

from canarytui.domain.resource import Resource
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic import registry
from canarytui.engine.decide import effects as fx
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.install.rights import rules, rules_by_provider
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load
from canarytui.engine.routers.providers import provider_names, record_named

Right = tuple[str, str, str]
"""Group, resource and verb."""
VERBS = {fx.Create: "create", fx.Replace: "update", fx.Patch: "patch", fx.Delete: "delete"}


class Requests:
    """Of the interpreter, for what a decision reads and writes: what is read it lists and watches, what is written it
    reads again after a conflict."""

    def __init__(self, provider: str) -> None:
        record = record_named(provider)
        assert record is not None
        self._record = record
        self._objects = [each.resource for each in record.objects]
        self.used: set[Right] = set()

    def companions(self, canary: Canary) -> Iterator[tuple[str, str, str]]:
        """What it has beside the object that splits: the kind with its group, namespace and name of each."""
        for each in self._record.companions:
            for place in each.places(canary):
                yield each.resource.kind_names[-1], *place

    def read(self, kind: str) -> None:
        found = next((each for each in self._objects if kind in each.kind_names or kind == _grouped(each)), None)
        if found is not None:
            self.used |= {(found.group, found.plural, verb) for verb in ("list", "watch")}
        else:  # of what every canary needs
            other = registry.resource_of_kind(kind)
            assert other is None or kind == "Service", f"{kind} is none of the provider's objects"

    def written(self, effect: Any) -> None:
        if isinstance(effect, fx.Create | fx.Replace):
            group, _, version = str(effect.obj.get("apiVersion") or "").rpartition("/")
            names = {f"{effect.obj['kind']}.{version}.{group}"}
        else:
            names = {effect.kind}
        for each in self._objects:
            if not names.isdisjoint({*each.kind_names, _grouped(each)}):
                self.used |= {(each.group, each.plural, verb) for verb in ("get", VERBS[type(effect)])}


def _grouped(resource: Resource) -> str:
    """``Service.serving.knative.dev``."""
    return f"{resource.kind}.{resource.group}"


def recording(player: type[RecordingPlayer], requests: Requests) -> Any:
    """`player`, whose reads and writes are noted."""

    class Noted(player):  # type: ignore[valid-type, misc]
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            get = self._cluster_view.get

            def noted(kind: str, namespace: str, name: str) -> Any:
                if self.deciding:
                    requests.read(kind)
                return get(kind, namespace, name)

            self._cluster_view.get = noted

        deciding = False

        def _tick(self, canary: Any, *given: Any) -> None:
            if self._number == DAMAGED_AT:
                for kind, namespace, name in requests.companions(canary):
                    found = self._cluster_view.get(kind, namespace, name)
                    if found is not None:
                        self._cluster_view.put({**found, "spec": {}})
            self.deciding = True
            super()._tick(canary, *given)
            self.deciding = False

        def _carry_out(self, effect: Any) -> Any:
            if type(effect) in VERBS:
                requests.written(effect)
            self.deciding = False
            try:
                return super()._carry_out(effect)
            finally:
                self.deciding = True

    return Noted


def granted(provider: str) -> set[Right]:
    """What the provider adds to the rights of all canaries."""
    own, common = rules([provider]), rules_by_provider()["common"]
    return {
        (rule["apiGroups"][0], resource, verb)
        for rule in own
        if rule not in common
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


DAMAGED_AT = 3
"""The tick before which somebody empties what the router has beside the object that splits."""
DELETED = UPDATE, ("weight>=25", "delete")


def rollouts_of(name: str, settings: ControllerSettings, requests: Requests) -> None:
    """A promotion with a repair, and a deletion in the middle of another rollout, with ``revertOnDeletion``."""
    player = recording(WatchedSplit, requests)
    played(name, settings, player=player)
    played(name, settings, *DELETED, spec={"revertOnDeletion": True}, player=player)


@pytest.mark.parametrize("name", SPLITTING)
def test_the_rights_are_those_that_rollouts_use(name: str) -> None:
    requests = Requests(name)
    for settings in (DEFAULT, STRICT):
        if (name, settings) != ("gatewayapi:grpc", STRICT):  # Flagger writes no GRPCRoute
            rollouts_of(name, settings, requests)
    assert requests.used == granted(name)


def test_knatives_are_those_of_a_recorded_rollout() -> None:
    requests = Requests("knative")
    for settings in (DEFAULT, STRICT):
        given: Recording = load(RECORDINGS / "providers" / "knative-promotion.jsonl")
        recording(RecordingPlayer, requests)(given, settings).play()
    assert requests.used == granted("knative")


def test_plain_services_need_no_more_than_every_canary() -> None:
    requests = Requests("kubernetes")
    given = rollout(spec={"provider": "kubernetes"}, analysis=iterated(2), defaults={**PROMOTE.defaults, **GOOD})
    recording(RecordingPlayer, requests)(given, DEFAULT).play()
    assert requests.used == granted("kubernetes") == set()


def test_every_provider_is_here() -> None:
    assert set(SPLITTING) | {"knative", "kubernetes"} == set(provider_names())
