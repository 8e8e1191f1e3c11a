"""What the documents point at is there: links, and the files of "Where do I change …?"."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from canarytui import __version__

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_NAMED = re.compile(r"`([\w.*-]+(?:/[\w.*-]+)*/?)`")
_MADE = (".ci/wheels", ".ci/tools")
_PLACES = (ROOT, ROOT / "canarytui")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = [each for each in _LINK.findall(document.read_text()) if "://" not in each]
    assert [each for each in links if not (document.parent / each).exists()] == []


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md", "README.md"])
def test_every_file_that_is_named_exists(name: str) -> None:
    """Paths are below the root or, as the tables have them, below the package."""
    named = [each for each in _NAMED.findall((ROOT / name).read_text()) if "/" in each.rstrip("/")]
    paths = [each for each in named if not each.startswith(_MADE) and _is_path(each)]
    assert len(paths) > 8
    assert [each for each in paths if not any(list(place.glob(each)) for place in _PLACES)] == []


def _is_path(text: str) -> bool:
    """Whether it is no canary's name, image or API group."""
    first = text.partition("/")[0]
    return re.search(r"\.(py|tcss|md|yaml|sh|toml|lock)$", text) is not None or any(
        (place / first).exists() for place in _PLACES
    )


def test_the_readmes_table_has_every_package_and_shared_module() -> None:
    text = (ROOT / "README.md").read_text()
    table = text[text.index("| package | what it does |") :]
    found = {
        path.name
        for path in (ROOT / "canarytui").iterdir()
        if (path.is_dir() and (path / "__init__.py").exists()) or (path.suffix == ".py" and path.name[0] != "_")
    }
    assert {"domain", "cli", "output.py"} <= found
    assert sorted(name for name in found if f"{name}`" not in table) == []


def test_the_changelog_has_this_version_and_what_comes() -> None:
    headings = re.findall(r"^## \[(.+)\]$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[:2] == ["Unreleased", __version__]


def test_the_package_points_at_no_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "urls" not in project
    assert project["readme"] == "README.md"
