"""Objects as YAML, as ``kubectl get -o yaml`` prints them, without managed fields. Never shows Secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from rich.text import Text

from canarytui.console.detail.layout import fold, line
from canarytui.console.detail.view import DetailView
from canarytui.domain.text.plain import MAX_LENGTH, clean

_LINES = 4000
_UNREAD = "kubectl.kubernetes.io/last-applied-configuration"


def shown_objects(view: DetailView) -> list[tuple[str, Mapping[str, Any]]]:
    """(title, object) of what can be shown: the canary first, then what belongs to it."""
    canary = view.situation.canary
    found: list[tuple[str, Mapping[str, Any]]] = [(f"Canary/{canary.name}", canary.raw)]
    kind = canary.spec.target.kind
    for name, obj in ((canary.target_name, view.target), (canary.primary_name, view.primary)):
        if obj is not None:
            found.append((f"{kind}/{name}", obj))
    if view.holdings is not None:
        found += [(f"{kind}/{name}", obj) for (kind, name), obj in view.holdings.routers.items() if obj is not None]
        found += [
            (f"Service/{name}", view.holdings.services[name])
            for name in (canary.apex_name, canary.primary_service_name, canary.canary_service_name)
            if name in view.holdings.services
        ]
        found += [
            (f"{kind}/{name}", obj) for (kind, name), obj in view.holdings.scalers.items() if name.startswith(_of(view))
        ]
    return [(clean(title, 200), obj) for title, obj in found if obj.get("kind") != "Secret"]


def _of(view: DetailView) -> str:
    reference = view.situation.canary.spec.autoscaler
    return reference.name if reference is not None else "\0"


def yaml_text(obj: Mapping[str, Any]) -> str:
    """Clean YAML of an object without ``managedFields``; a note stands for what is left out."""
    shown = dict(obj)
    metadata = shown.get("metadata")
    if isinstance(metadata, Mapping):
        kept = {name: value for name, value in metadata.items() if name != "managedFields"}
        annotations = kept.get("annotations")
        if isinstance(annotations, Mapping) and _UNREAD in annotations:
            kept["annotations"] = {name: value for name, value in annotations.items() if name != _UNREAD}
        shown["metadata"] = kept
    order = ["apiVersion", "kind", "metadata", "spec", "status"]
    ordered = {name: shown[name] for name in [*order, *(key for key in shown if key not in order)] if name in shown}
    text = yaml.dump(
        ordered, Dumper=_ManifestDumper, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False
    )
    lines = text.rstrip("\n").split("\n")
    cut = [f"# … {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
    return "\n".join([*(_clean_line(part) for part in lines[:_LINES]), *cut])


def manifest(text: str, columns: int) -> list[Text]:
    """The lines of :func:`yaml_text`, keys set apart."""
    lines: list[Text] = []
    for part in text.split("\n"):
        indent = len(part) - len(part.lstrip(" -"))
        for number, piece in enumerate(fold(part, columns, indent + 2)):
            key, colon, rest = piece.partition(":")
            is_key = not number and bool(colon) and (not rest or rest.startswith(" "))
            lines.append(line((key + colon, "quiet"), rest) if is_key else line(piece))
    return lines


class _ManifestDumper(yaml.SafeDumper):
    """No aliases: what occurs twice is written twice, as kubectl does. Whatever is no plain value becomes text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text_of(dumper: yaml.SafeDumper, value: object) -> yaml.Node:
    return dumper.represent_str(str(value))


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    shown = value if len(value) <= MAX_LENGTH else value[: MAX_LENGTH - 1] + "…"
    return dumper.represent_scalar("tag:yaml.org,2002:str", shown, style="|" if "\n" in shown else None)


_ManifestDumper.add_representer(str, _string)
_ManifestDumper.add_multi_representer(object, _text_of)


def _clean_line(part: str) -> str:
    return part[: len(part) - len(part.lstrip(" "))] + clean(part)
