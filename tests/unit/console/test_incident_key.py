"""``i`` copies the summary of the selected canary and keeps it; ``u`` and ``b`` say what there is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.console.app import ConsoleApp
from canarytui.console.demo_fixture import fixture_state, open_fixture
from canarytui.console.incident import save_summary
from canarytui.console.terminal.app import TerminalApp
from canarytui.errors import ConfigError
from canarytui.session.polling import wait_until


async def test_the_summary_is_copied_and_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    app: TerminalApp = ConsoleApp(open_fixture, state=fixture_state)
    folder = tmp_path / "canarytui" / "summaries"
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_until(lambda: app.model.flow is not None, 10.0)  # type: ignore[attr-defined]
        await pilot.pause(0.2)
        await pilot.press("ctrl+y")
        await wait_until(lambda: any(folder.glob("*.md")), 10.0)
        assert app.clipboard.startswith("# Canary shop/cart\n")
        said = [notice.message for notice in app._notifications]
        await pilot.press("ctrl+o")
        await pilot.pause(0.2)
        said += [notice.message for notice in app._notifications]
    (path,) = folder.glob("*-shop-cart.md")
    assert path.read_text() == app.clipboard
    assert path.stat().st_mode & 0o777 == 0o600
    assert any(each.startswith("No links: annotate the canary with canarytui.io/link") for each in said)


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "summaries").write_text("a file")
    from datetime import UTC, datetime

    with pytest.raises(ConfigError, match="summaries cannot be written"):
        await save_summary("x", ("../a", "b/c"), datetime.now(UTC), tmp_path / "summaries")
