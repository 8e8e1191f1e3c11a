"""Every ``canarytui …`` line in README, CONTRIBUTING and docs is understood by the command's own parser."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path
from typing import Any, NoReturn

import pytest

from canarytui.cli.act import request_of
from canarytui.cli.commands import command_names
from canarytui.cli.main import main

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_SUBSTITUTED = re.compile(r"[$<]\((canarytui [^)]*)\)")
_INLINE = re.compile(r"`([^`\n]+)`")


class Parsed(BaseException):
    """The parser took everything. No Exception: the command line tells those as a crash."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(str(options))
        self.options = options


def commands(text: str) -> list[list[str]]:
    """The arguments of each command line in a Markdown text: of code blocks, and of what stands between backticks."""
    found, fenced, before = [], False, ""
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
            continue
        pieces = [line] if fenced else _INLINE.findall(line)
        for piece in pieces:
            bare = piece.partition(" # ")[0].strip()
            inner = _SUBSTITUTED.findall(bare)
            for one in inner or [part.strip() for part in re.split(r" && | \| |; ", bare)]:
                first = one.partition(" ")[0].rpartition("/")[2]
                if first != "canarytui" and first not in command_names():
                    continue
                words = shlex.split(one)
                if words and words[0].rpartition("/")[2] == "canarytui":
                    found.append(words[1:])
                    before = words[1] if len(words) > 1 else ""
                elif not fenced and before in _SHORTENED and words and words[0] in command_names():
                    # `canarytui pause cart`, `resume`: the same with another verb; `gate close cart` is a whole one.
                    found.append(words if len(words) > 1 else [words[0], "cart"])
        if not fenced and not line.startswith("|"):
            before = ""
    return found


_SHORTENED = frozenset({"pause", "promote", "gate", "resume", "rollback"})
DOCUMENTED = sorted({tuple(each) for document in DOCUMENTS for each in commands(document.read_text())})


@pytest.fixture
def only_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands end when their parser has taken all arguments."""
    genuine = argparse.ArgumentParser.parse_args

    def parse(self: argparse.ArgumentParser, *given: Any, **more: Any) -> NoReturn:
        raise Parsed(genuine(self, *given, **more))

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse)


def test_the_documents_have_commands() -> None:
    verbs = {each[0] for each in DOCUMENTED if each}
    assert len(DOCUMENTED) >= 35
    assert {"get", "status", "drill", "sandbox", "trigger", "gate", "resume", "finish", "install"} <= verbs


@pytest.mark.parametrize("arguments", DOCUMENTED, ids=" ".join)
def test_a_documented_command_is_understood(arguments: tuple[str, ...], only_parsed: None) -> None:
    meant = [re.sub(r"FILE….*", "FILE", each.partition("|")[0]) for each in arguments]
    with pytest.raises(Parsed) as taken:
        main(meant)
    if arguments[:1] and arguments[0] in ("trigger", "gate", "extend", "skip", "retry"):
        assert request_of(arguments[0], taken.value.options) is not None


@pytest.mark.parametrize("wrong", [["gate", "cart"], ["get", "--nosuch"], ["drill", "predict", "a", "--falt", "x"]])
def test_what_is_not_understood_would_be_noticed(wrong: list[str], only_parsed: None) -> None:
    with pytest.raises(SystemExit) as refused:
        main(wrong)
    assert refused.value.code == 2


def test_lines_are_found_where_people_read_them() -> None:
    text = '```sh\nx && .venv/bin/canarytui demo\nkubectl apply -k "$(canarytui sandbox manifests)/a"\n```\n'
    text += "| `canarytui pause cart`, `resume`, `extend` |\n`source <(canarytui completion bash)` and `pause` here"
    assert commands(text) == [["demo"], ["sandbox", "manifests"], ["pause", "cart"], ["resume", "cart"],
                              ["extend", "cart"], ["completion", "bash"]]  # fmt: skip
