"""Which ConfigMaps and Secrets a pod template names."""

from __future__ import annotations

import pytest

from canarytui.domain.workloads.config_references import ConfigName, config_names


def workload(**spec: object) -> dict[str, object]:
    return {"spec": {"template": {"spec": spec}}}


def test_every_place_that_names_a_config_counts_once() -> None:
    found = config_names(
        workload(
            volumes=[
                {"configMap": {"name": "settings"}},
                {"secret": {"secretName": "tls", "optional": True}},
                {
                    "projected": {
                        "sources": [
                            {"configMap": {"name": "settings"}},
                            {"secret": {"name": "token"}},
                            {"downwardAPI": {}},
                        ]
                    }
                },
                {"emptyDir": {}},
            ],
            containers=[
                {
                    "env": [
                        {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "flags", "key": "a"}}},
                        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "token", "key": "b"}}},
                        {"name": "C", "value": "c"},
                    ],
                    "envFrom": [{"configMapRef": {"name": "env", "optional": True}}, {"secretRef": {"name": "keys"}}],
                }
            ],
            initContainers=[{"envFrom": [{"configMapRef": {"name": "init"}}]}],
        )
    )
    assert found == [
        ConfigName("ConfigMap", "settings", False),
        ConfigName("Secret", "tls", True),
        ConfigName("Secret", "token", False),
        ConfigName("ConfigMap", "flags", False),
        ConfigName("ConfigMap", "env", True),
        ConfigName("Secret", "keys", False),
        ConfigName("ConfigMap", "init", False),
    ]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"spec": None},
        workload(volumes="all", containers=[7, {"env": {"a": 1}, "envFrom": [{"secretRef": "keys"}]}]),
        workload(volumes=[{"configMap": {}}, {"secret": {"secretName": ""}}]),
    ],
)
def test_what_is_malformed_names_nothing(given: dict[str, object]) -> None:
    assert config_names(given) == []
