"""A person's own themes: files beside the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.console.theme_file import read_theme, theme_files
from canarytui.console.themes import first_theme, theme_names
from canarytui.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this person's themes are."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    made = tmp_path / "canarytui" / "themes"
    made.mkdir(parents=True)
    return made


def test_a_file_is_a_theme_by_its_name(folder: Path) -> None:
    (folder / "sea.yaml").write_text('failure: "#ff0000"\nbackground: "#001020"\n')

    theme = first_theme("sea", {})

    assert theme.name == "sea"
    assert theme.error == "#ff0000"
    assert theme.variables["tone-bad"] == "#ff0000"
    assert theme.background == "#001020"
    assert theme_names()[:7] == ["ansi", "ansi-light", "colour-blind", "dark", "high-contrast", "light", "sea"]


def test_what_a_file_leaves_out_is_the_dark_themes_or_the_light_ones(folder: Path) -> None:
    (folder / "night.yaml").write_text("")
    (folder / "day.yaml").write_text("dark: false\n")

    assert first_theme("night", {}).background == first_theme("dark", {}).background
    assert first_theme("day", {}).background == first_theme("light", {}).background


def test_a_file_may_take_the_place_of_one_of_ours(folder: Path) -> None:
    (folder / "dark.yaml").write_text('text: "#ffffff"\n')

    assert first_theme("", {}).foreground == "#ffffff"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("failure: reddish\n", r"sea\.yaml: failure is 'reddish', not a colour: write \"#rrggbb\""),
        ('failure: "#ff000080"\n', r"failure is '#ff000080', not a colour"),
        ("failure: 3\n", r"failure is '3', not a colour"),
        ("failur: red\n", r"sea\.yaml: failur is unknown .*did you mean failure"),
        ("dark: maybe\n", r"dark is 'maybe': write true for a dark background"),
        ("- red\n", r"sea\.yaml is not a mapping: write `name: colour` lines"),
        ("a: [\n", r"sea\.yaml is not valid YAML"),
    ],
)
def test_a_mistake_is_a_sentence_with_file_field_and_remedy(folder: Path, text: str, problem: str) -> None:
    (folder / "sea.yaml").write_text(text)

    with pytest.raises(ConfigError, match=problem):
        read_theme(theme_files()["sea"])


@pytest.mark.parametrize("name", ["Sea.yaml", "sea.yml", "-sea.yaml", "s e a.yaml", "sea\x1b.yaml"])
def test_only_plain_names_are_themes(folder: Path, name: str) -> None:
    (folder / name).write_text("dark: true\n")

    assert Path(name).stem not in theme_files()
