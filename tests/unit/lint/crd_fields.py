"""Flagger's CustomResourceDefinitions in the form of :mod:`canarytui.lint.schema.fields`, to compare the two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import canarytui

CRDS = Path(canarytui.__file__).parent / "sandbox" / "manifests" / "crds"


def spec_of(name: str) -> Any:
    """The fields of ``spec`` in the definition of this plural."""
    crd = yaml.safe_load((CRDS / f"flagger-{name}.yaml").read_text())
    properties = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    return fields_of(properties["spec"])


def fields_of(schema: dict[str, Any]) -> Any:
    if schema.get("x-kubernetes-int-or-string"):
        return "int-or-string"
    if "enum" in schema:
        return tuple("None" if each is None else each for each in schema["enum"])
    if str(schema.get("pattern", "")).startswith("^[0-9]+(m|s)"):
        return "duration"
    kind = schema["type"]
    if kind == "array":
        return [fields_of(schema["items"])]
    if kind != "object":
        return kind
    if "additionalProperties" in schema:
        return {"*": fields_of(schema["additionalProperties"])}
    required = schema.get("required", ())
    return {
        f"{name}!" if name in required else name: fields_of(each) for name, each in schema.get("properties", {}).items()
    }
