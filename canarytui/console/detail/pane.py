"""The selected canary beside the list, on wide terminals."""

from __future__ import annotations

from canarytui.console.detail.layout import line
from canarytui.console.detail.overview import page
from canarytui.console.detail.view import gather
from canarytui.console.model import ConsoleModel
from canarytui.console.widgets.page import Page
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.sentences import list_screen, reading
from canarytui.domain.values import NamespacedName


class DetailPane(Page):
    """Shows the overview of one canary."""

    def __init__(self, model: ConsoleModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._model = model

    def show(self, key: NamespacedName | None, situation: Situation | None) -> None:
        """Draw canary `key`; None when none is selected."""
        if not self.is_mounted:
            return
        model, view = self._model, None
        if key is not None and situation is not None:
            row = model.row(key)
            view = gather(
                model.state,
                key,
                None,
                model.local_now(),
                label=row.label if row else "",
                zone=model.zone,
                coloured=not self.app.no_color,
            )
        if view is None:
            missing = reading.CANARY_GONE.text(name="/".join(key)) if key else list_screen.NONE_SHOWN.text()
            self.put([line((missing, "quiet"))])
            return
        self.put(page(view, self.columns, self.size.height))
