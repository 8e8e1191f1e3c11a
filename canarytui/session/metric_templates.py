"""Why a MetricTemplate that a check names is not at hand: it does not exist, or the store cannot tell."""

from __future__ import annotations

from canarytui.cluster.store import Store
from canarytui.domain.plaintext import clean
from canarytui.domain.sentences import check_queries as words


def why_missing(templates: Store, namespace: str, name: str) -> str:
    """The sentence for a template that is not in `templates`: only a store that has been filled knows that it does not
    exist."""
    shown = clean(f"{namespace}/{name}", 320)
    if templates.synced:
        return words.NO_TEMPLATE.text(name=shown)
    reason = clean(templates.error, 200) if templates.error else words.NOT_READ_YET.text()
    return words.TEMPLATE_UNKNOWN.text(name=shown, reason=reason)
