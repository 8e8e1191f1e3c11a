"""The configuration file as every command reads it: each mistake is a sentence with file, field and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.errors import ConfigError
from canarytui.session import config_file
from canarytui.session.config_file import ConfigFile


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "canarytui").mkdir()
    return config_file.config_path()


def test_no_file_and_an_empty_one_say_nothing(path: Path) -> None:
    assert config_file.load() == ConfigFile()
    path.write_text("")
    assert config_file.load() == ConfigFile()


def test_everything_in_a_file(path: Path) -> None:
    path.write_text(
        "theme: ansi\nbell: true\nmouse: false\nread_only: false\n"
        "keys: {sort: z}\ncontexts: {prod: {read_only: true}}\n"
    )
    found = config_file.load()
    assert found == ConfigFile("ansi", True, mouse=False, keys={"sort": "z"}, contexts={"prod": {"read_only": True}})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bel: true", ": bel is unknown (did you mean bell?): remove it, or use one of theme, bell"),
        ("paint: 1", ": paint is unknown: remove it, or use one of theme, bell"),
        ("bell: 1", ": bell is '1': write true or false."),
        ("theme: [dark]", ": theme is not a name: write dark, light, high-contrast, colour-blind or ansi."),
        ("keys: z", ": keys is not a mapping: write `name: key` lines below it"),
        ("- bell", " is not a mapping: write `key: value` lines"),
        ("bell: [", " is not valid YAML (line "),
    ],
)
def test_a_mistake_is_one_sentence(path: Path, text: str, said: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError) as told:
        config_file.load()
    assert str(told.value).startswith(f"{path}{said}")
    assert "\n" not in str(told.value)


def test_what_cannot_be_read_is_a_sentence(path: Path) -> None:
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="UTF-8"):
        config_file.load()
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        config_file.load()


def test_links_are_urls_with_known_variables(path: Path) -> None:
    path.write_text("links: {grafana: 'https://grafana.test/d/x?name=$NAME&ns=${NAMESPACE}'}\n")
    assert config_file.load().links == {"grafana": "https://grafana.test/d/x?name=$NAME&ns=${NAMESPACE}"}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (
            "'https://a.test/$POD'",
            "links.x has $POD, which is unknown: the variables are $NAMESPACE, $NAME, $TARGET, $CONTEXT",
        ),
        ("'javascript:alert(1)'", "links.x cannot become a link: only http and https are opened"),
        ("7", "links.x is not a URL: write TITLE: URL, such as grafana: https://"),
    ],
)
def test_what_cannot_be_a_link_is_refused(path: Path, link: str, said: str) -> None:
    path.write_text(f"links: {{x: {link}}}\n")
    with pytest.raises(ConfigError) as told:
        config_file.load()
    assert said in str(told.value)
