"""Files that anybody may have written: whatever a field holds, there is a migration or a sentence, never a crash."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
import test_migration_argo as argo
import test_migration_from_entrances as entrances
import test_migration_from_meshes as meshes
import test_migration_from_nginx as nginx
import yaml
from migration_rig import GATEWAY

from canarytui.errors import CanarytuiError
from canarytui.migration.objects import ObjectSet
from canarytui.migration.targets import target_named
from canarytui.migration.text import migration_lines
from canarytui.migration.to_gateway_api import GatewayWishes

TEXTS = {
    "nginx": ("gatewayapi", nginx.CANARY % nginx.AB + nginx.ingress("/a(/|$)(.*)", "/b other") + GATEWAY),
    "traefik": ("gatewayapi", entrances.CANARY % ("traefik", "") + entrances.ENTRANCES["traefik"] + GATEWAY),
    "appmesh": ("gatewayapi", meshes.canary("appmesh", meshes.APP_MESH) + GATEWAY),
    "istio": ("gatewayapi", meshes.canary("istio", meshes.ISTIO) + GATEWAY),
    "kuma": ("gatewayapi", meshes.canary("kuma", "apex: {annotations: {a: b}}")),
    "rollout": ("flagger", argo.rollout(argo.CANARY_STRATEGY) + argo.analysis() + argo.SERVICE),
    "canary": ("argo", argo.flagger("stepWeights: [1, 2]")),
}
ODD: tuple[Any, ...] = (
    None,
    "",
    "\x1b[2J\n---\n",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [None],
    [[]],
    {"": None},
    "é" * 300,
    {1: 2},
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything inside."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


@pytest.mark.parametrize("name", list(TEXTS))
def test_odd_values_anywhere(name: str) -> None:
    target_name, text = TEXTS[name]
    target, chance = target_named(target_name), random.Random(name)
    whole = [each for each in yaml.safe_load_all(text) if each]
    moved = 0
    for _ in range(60):
        documents = copy.deepcopy(whole)
        for container, key in chance.sample(list(places(documents)), chance.randint(1, 2)):
            container[key] = copy.deepcopy(chance.choice(ODD))
        objects = ObjectSet([each for each in documents if isinstance(each, dict)], namespace="test")
        for obj in objects.all(target.moves):
            if not isinstance(obj.get("metadata"), dict):
                continue  # the command line reads the name first
            try:
                lines = list(migration_lines([target.translate(obj, objects, GatewayWishes())], "yaml"))
            except CanarytuiError:
                continue  # a sentence, which the command line cleans
            moved += 1
            head = lines[: lines.index("---")]
            assert all(line.startswith("#") and "\n" not in line for line in head)
    assert moved > 5, "many are migrated all the same"
