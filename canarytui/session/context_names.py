"""The kubeconfig read just far enough to name its contexts, without the client."""

from __future__ import annotations

from canarytui.cluster.kubeconfig import load_kubeconfig
from canarytui.domain.sentences import console as words
from canarytui.errors import ConfigError, UsageError


def context_names(named: str | None) -> list[str]:
    """Contexts in order; none where the kubeconfig cannot be read."""
    try:
        return [name for name in load_kubeconfig(named).contexts if name]
    except ConfigError:
        return []


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
            raise UsageError(words.NO_CONTEXT_OF_OPTION.text(name=name, known=", ".join(known) or "none"))
    return wanted
