"""Why the MetricTemplate of a check is missing: it does not exist, or MetricTemplates could not be read."""

from __future__ import annotations

from canarytui.cluster.store import ObjectStore
from canarytui.domain.sentences import check_queries as words
from canarytui.domain.text.plain import clean


def why_missing(templates: ObjectStore, namespace: str, name: str) -> str:
    """The sentence for a template that is not in `templates`. Only a synced store proves that it does not exist."""
    shown = clean(f"{namespace}/{name}", 320)
    if templates.synced:
        return words.NO_TEMPLATE.text(name=shown)
    reason = clean(templates.error, 200) if templates.error else words.NOT_READ_YET.text()
    return words.TEMPLATE_UNKNOWN.text(name=shown, reason=reason)
