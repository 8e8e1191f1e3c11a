"""A container's environment: order, references, the downward API and the kubelet's messages."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from canarytui.sandbox.node.environment import ConfigProblem, Reference, expand, field_value, references, resolve

POD = {
    "metadata": {"name": "p", "namespace": "test", "labels": {"app": "x"}, "annotations": {"a/b": "y"}},
    "status": {"podIP": "10.42.0.2"},
}
SETTINGS, PASSWORDS = Reference("ConfigMap", "settings"), Reference("Secret", "passwords")
FOUND = {
    SETTINGS: {"data": {"A": "1", "B": "2"}},
    PASSWORDS: {"data": {"KEY": base64.b64encode(b"geheim").decode()}},
}


def key_ref(kind: str, name: str, key: str, **more: Any) -> dict[str, Any]:
    return {"valueFrom": {f"{kind}KeyRef": {"name": name, "key": key, **more}}}


CONTAINER = {
    "resources": {"limits": {"cpu": "2"}},
    "envFrom": [{"prefix": "P_", "configMapRef": {"name": "settings"}}, {"secretRef": {"name": "passwords"}}],
    "env": [
        {"name": "PLAIN", "value": "x"},
        {"name": "EXPANDED", "value": "$(PLAIN)-$(P_A)-$(UNKNOWN)-$$(PLAIN)"},
        {"name": "SECRET", **key_ref("secret", "passwords", "KEY")},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
        {"name": "MAYBE", **key_ref("configMap", "absent", "A", optional=True)},
        {"name": "P_B", "value": "later wins"},
    ],
}


def test_variables_come_from_everywhere_in_order() -> None:
    assert references(CONTAINER) == {SETTINGS, PASSWORDS, Reference("ConfigMap", "absent")}
    assert resolve(POD, CONTAINER, FOUND, {"PATH": "/bin", "PLAIN": "base"}) == {
        "PATH": "/bin",
        "P_A": "1",
        "P_B": "later wins",
        "KEY": "geheim",
        "PLAIN": "x",
        "EXPANDED": "x-1-$(UNKNOWN)-$(PLAIN)",
        "SECRET": "geheim",
        "IP": "10.42.0.2",
        "CPU": "2",
    }


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"envFrom": [{"configMapRef": {"name": "absent"}}]}, 'configmap "absent" not found'),
        ({"env": [{"name": "X", **key_ref("secret", "absent", "A")}]}, 'secret "absent" not found'),
        ({"env": [{"name": "X", **key_ref("configMap", "settings", "C")}]},
         "couldn't find key C in ConfigMap test/settings"),
    ],
)  # fmt: skip
def test_what_is_missing_and_not_optional_holds_the_container(container: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigProblem, match=said):
        resolve(POD, container, FOUND, {})


@pytest.mark.parametrize(
    ("path", "value"),
    [("metadata.name", "p"), ("metadata.labels['app']", "x"), ("metadata.annotations['a/b']", "y"),
     ("metadata.labels['none']", ""), ("spec.nodeName", ""), ("metadata.name.more", "")],
)  # fmt: skip
def test_fields_of_the_pod(path: str, value: str) -> None:
    assert field_value(POD, path) == value


def test_a_double_dollar_is_one() -> None:
    assert expand("$$(A) $(A) $(B)", {"A": "a"}) == "$(A) a $(B)"
