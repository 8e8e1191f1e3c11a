"""``canarytui undo``: which canaries it takes."""

from __future__ import annotations

import pytest

from canarytui.cli import undo
from canarytui.cli.canary_selection import CanarySelection
from canarytui.errors import UsageError


def test_a_canary_that_is_not_there_is_not_one_that_nothing_was_done_to() -> None:
    known = [("shop", "cart")]
    with pytest.raises(UsageError, match="There is no canary nosuch"):
        undo._require_known(CanarySelection.parse(["nosuch"], None), known, [], "")
    for names in ([], ["cart"], ["shop/cart"]):
        undo._require_known(CanarySelection.parse(names, None), known, [], "")
