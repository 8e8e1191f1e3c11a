"""The lines around the wall's cards on a narrow terminal: whole phrases, what fails before all else."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from canarytui.console.wall.frame import WallFreshness, banner, header

NOW = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
ERROR = (
    "The API server of context canarytui-sandbox at https://127.0.0.1:38403 cannot be reached (no answer in time): "
    "check that the cluster is running and that the network or VPN is up."
)


def place(context: str) -> Any:
    return SimpleNamespace(context=context, sandbox=False, namespace="", synced=True, total=12, active=3, failing=2)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (80, " prod-1  12 canaries  ▲ 3 active  ✗ 2 failing"),
        (60, " prod-1  ▲ 3 active  ✗ 2 failing"),
        (50, " prod-1  ✗ 2 failing"),
    ],
)
def test_the_header_leaves_out_whole_counts_and_failures_last(columns: int, said: str) -> None:
    [line] = header(place("prod-1"), WallFreshness(12.0), columns, 24, NOW)
    assert line.plain.split("data")[0].rstrip() == said
    assert line.cell_len == columns


def test_a_long_context_is_cut_before_the_failures_are() -> None:
    [line] = header(place("arn:aws:eks:eu-central-1:123456789012:cluster/prod"), WallFreshness(12.0), 60, 24, NOW)
    assert "✗ 2 failing" in line.plain


def test_the_banner_says_what_happened_even_at_80_columns() -> None:
    said = " ".join(each.plain.strip() for each in banner(WallFreshness(12.0, NOW, ERROR), 80, 24, UTC))
    assert "cannot be reached (no answer in time)" in said
    assert "everything below is from then" in said
    assert all(each.cell_len <= 80 for each in banner(WallFreshness(12.0, NOW, ERROR), 80, 24, UTC))
