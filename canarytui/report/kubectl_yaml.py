"""YAML in kubectl's hand: double quotes where a text needs any, blocks for several lines."""

from __future__ import annotations

import yaml


class _KubectlDumper(yaml.SafeDumper):
    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_KubectlDumper.add_representer(str, _text)


def dumped(value: object) -> str:
    """One document without its last line end. What a terminal would obey is escaped."""
    return yaml.dump(value, Dumper=_KubectlDumper, default_flow_style=False, width=10**6).rstrip("\n")
