"""kubectl's ``-l``: which labels a selector matches."""

from __future__ import annotations

import pytest

from canarytui.domain.workloads.label_selector import labels

WEB = {"app": "web", "tier": "front"}


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app = web", True),
        ("app=shop", False),
        ("app!=shop", True),
        ("app != web", False),
        ("owner!=anna", True),
        ("app", True),
        ("owner", False),
        ("!owner", True),
        ("! app", False),
        ("app in (web,shop)", True),
        ("app in (shop, cart)", False),
        ("app notin (shop)", True),
        ("app notin (shop, web)", False),
        ("owner notin (anna)", True),
        ("app in (web,shop),tier=front,!owner", True),
        ("app=web,tier=back", False),
    ],
)
def test_a_selector_matches_as_in_kubectl(selector: str, matches: bool) -> None:
    assert labels(selector)(WEB) is matches
