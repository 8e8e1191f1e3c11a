"""The kubeconfig read just far enough to name its contexts and to miss it early, without the client."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from canarytui.domain.bounded_text import parse_yaml
from canarytui.errors import ConfigError, UsageError


def kubeconfig_files(named: str | None) -> list[Path]:
    """The files that make up the kubeconfig, kubectl's way."""
    source = named or os.environ.get("KUBECONFIG") or "~/.kube/config"
    return [Path(part).expanduser() for part in source.split(os.pathsep) if part]


def require_kubeconfig(named: str | None) -> None:
    """Raises ConfigError when there is no kubeconfig at all."""
    paths = kubeconfig_files(named)
    if not any(path.is_file() for path in paths):
        names = ", ".join(str(path) for path in paths)
        raise ConfigError(
            f"There is no kubeconfig at {names}: name one with --kubeconfig or $KUBECONFIG, or try "
            "`canarytui demo`, which needs no cluster."
        )


def context_names(named: str | None) -> list[str]:
    """Contexts in order; files that cannot be read count for nothing."""
    names: dict[str, None] = {}
    for path in kubeconfig_files(named):
        try:
            content = parse_yaml(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError, ValueError):
            continue
        contexts = content.get("contexts") if isinstance(content, dict) else None
        for context in contexts if isinstance(contexts, list) else []:
            if isinstance(context, dict) and isinstance(context.get("name"), str):
                names[context["name"]] = None
    return list(names)


def wanted_contexts(chosen: str, known: list[str]) -> list[str]:
    """The contexts that ``A,B`` or ``all`` names, each once; none for "".

    Raises:
        UsageError: one of them is not in the kubeconfig.
    """
    if chosen == "all":
        return known
    wanted = list(dict.fromkeys(name.strip() for name in chosen.split(",") if name.strip()))
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"--contexts: the kubeconfig has no context {name}: choose among {', '.join(known) or 'none'}."
            )
    return wanted
