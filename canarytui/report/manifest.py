"""API objects as ``kubectl get -o json|yaml|name`` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from canarytui.domain.text.json_text import json_text
from canarytui.domain.text.plain import clean
from canarytui.domain.values import KubernetesObject


def answer(objects: Sequence[KubernetesObject], *, single: bool) -> KubernetesObject:
    """The object itself when one was asked for by name, else a List of them."""
    if single and len(objects) == 1:
        return objects[0]
    return {"apiVersion": "v1", "items": list(objects), "kind": "List", "metadata": {"resourceVersion": ""}}


def as_json(obj: KubernetesObject) -> str:
    """Four spaces and sorted keys, as kubectl has it. Non-ASCII and control characters are escaped: it is for
    programs, and a terminal must not obey it."""
    return json_text(obj, indent=4, sort_keys=True)


def as_yaml(obj: KubernetesObject) -> str:
    """One YAML document without its last line end."""
    from canarytui.report.kubectl_yaml import dumped

    return dumped(_plain(obj))


def as_name(obj: KubernetesObject) -> str:
    """``canary.flagger.app/podinfo``."""
    metadata = obj.get("metadata")
    return f"canary.flagger.app/{clean(metadata.get('name') if isinstance(metadata, Mapping) else '', 253)}"


def _plain(value: object) -> object:
    """Dicts and lists that no two places share, which YAML would print as anchors."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
