"""The contract that the sandbox uses nothing else of ours names all there is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import canarytui

PACKAGE = Path(canarytui.__path__[0])


def test_every_other_room_is_forbidden_to_the_sandbox() -> None:
    contracts = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (
        each
        for each in contracts
        if each["source_modules" if "source_modules" in each else "type"] == ["canarytui.sandbox"]
    )
    assert "allow_indirect_imports" not in contract
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert set(contract["forbidden_modules"]) == {f"canarytui.{name}" for name in (rooms | modules) - {"sandbox"}}
