"""The catalogue of sentences: whole, well-formed, and the only place with words in the rooms that use it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import canarytui
from canarytui.domain.sentences import NOTHING, Phrase, Sentence, joined
from canarytui.domain.sentences.catalogue import AREAS, catalogue

PACKAGE = Path(canarytui.__file__).parent
CATALOGUE = PACKAGE / "domain" / "sentences"
CONVERTED = (
    "actions",
    "arguments.py",
    "backtest",
    "cli",
    "cluster",
    "console",
    "domain",
    "drills",
    "errors.py",
    "metrics",
    "output.py",
    "report",
    "session",
)
"""Rooms and modules of the package whose sentences are in the catalogue; what is converted is added here."""

DATA = {
    "cli/completion.py": "programs for shells",
    "console/detail/trends.py": "what Flagger says, by which turns are told apart",
    "session/row_builder.py": "what tools call the objects that own others",
    "console/demo_fixture/connection.py": "a fixed cluster: what a look at a drill there is refused with",
    "console/demo_fixture/detail.py": "a fixed cluster: its logs",
    "console/demo_fixture/drill.py": "a fixed cluster: what its look at a drill is refused with",
    "console/demo_fixture/objects.py": "a fixed cluster: its hooks' commands and what its controller said",
    "console/demo_fixture/playback.py": "a fixed cluster: what its controller said",
    "console/demo_fixture/states.py": "a fixed cluster: what its controller said",
    "console/pictures/animation.py": "SVG and CSS",
    "console/pictures/picture.py": "SVG and CSS",
    "console/pictures/recording.py": "captions of a recording in the documentation",
    "console/demo_fixture/rollouts.py": "a fixed cluster: its rollouts and what its controller said of them",
    "domain/spec/conditions.py": "what Flagger writes into the status, word for word",
    "domain/history/controller_messages.py": "what Flagger says, to be parsed",
    "domain/text/durations.py": "Go's own error, which Flagger's messages quote",
    "domain/workloads/ownership.py": "what tools call the objects that own others",
    "domain/findings/cluster_rules.py": "what each rule is about, as its page begins",
    "domain/plan.py": "names of actions, by which plans are looked up",
    "domain/spec/revision.py": "the text of Go structures, of which a hash is made",
    "drills/hey_report.py": "hey's headings, by which its summary is parsed",
    "domain/traffic/queries.py": "queries in PromQL",
    "metrics/culprit/asking.py": "queries in PromQL",
    "metrics/request_batches.py": "queries in PromQL",
    "metrics/request_queries.py": "queries in PromQL",
    "metrics/answers.py": "what Flagger says of a query, word for word",
    "metrics/gotemplate/evaluator.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/functions.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/lexer.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/literals.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/parser.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/pipelines.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/token_stream.py": "what Go's text/template says, word for word",
}
"""Files whose long literals are data."""

FLAGGERS = ("metrics/providers/", "metrics/time_window.py")
"""Each provider's module holds what Flagger says of its service, word for word."""

NOT_YET: dict[str, int] = {}
"""How many sentences a file still holds itself. The numbers only fall."""

_WORDS = re.compile(r"[A-Za-z][A-Za-z']+")
_PATTERN = re.compile(r"[\\^]|\(\?|\.\*|%\(\w+\)s|^act\('")
_DOCUMENTATION = {"description", "epilog", "help", "metavar", "usage"}
"""Arguments of argparse: what an option means is written beside it."""
_USAGE = "_USAGE"
"""The constant that holds the usage of the whole program."""


_FLAG = re.compile(r"(?<![\w-])--[a-z]")
_COMMAND = re.compile(r"\b(canarytui|kubectl|ssh) |\{kubectl\}")
_OF_A_COMMAND = ("audit", "browser_wall", "drill_command", "report_lines")
"""Areas whose sentences with a flag only a command says, besides the areas of commands."""
_BY_A_COMMAND = {
    "backtest.give_a_window",
    "backtest.no_number",
    "backtest.no_way_to_values",
    "backtest.to_alone",
    "backtest.window_ends_first",
    "console.no_context_of_option",
    "drill_start.no_load_tester",
    "kubeconfig.no_current",
    "kubeconfig.no_file",
}
"""What is said before there is a screen, or only by a command."""


def test_a_sentence_that_a_screen_can_show_names_no_flag_without_its_command() -> None:
    found = []
    for sentence in catalogue().values():
        flag, area = _FLAG.search(sentence.words), sentence.id.partition(".")[0]
        if flag is None or area in _OF_A_COMMAND or area.startswith("command") or sentence.id in _BY_A_COMMAND:
            continue
        if not _COMMAND.search(sentence.words[: flag.start()]):
            found.append(sentence.id)
    assert found == []


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.__name__.rpartition(".")[2])
def test_every_sentence_has_an_id_words_and_evidence(area: object) -> None:
    own = [value for value in vars(area).values() if isinstance(value, Sentence)]
    assert own
    for sentence in own:
        assert sentence.words, sentence.id
        assert len(_WORDS.findall(sentence.evidence)) >= 2, f"{sentence.id}: what makes it true?"
        assert "  " not in sentence.words, sentence.id
        assert not sentence.words.rstrip().endswith(".."), sentence.id


def test_ids_are_unique_and_what_is_said_otherwise_exists() -> None:
    every = catalogue()
    for sentence in every.values():
        assert not sentence.otherwise or sentence.otherwise in every, sentence.id
        seen = {sentence.id}
        while sentence.otherwise:
            sentence = every[sentence.otherwise]
            assert sentence.id not in seen, f"{sentence.id} is said when itself is not true"
            seen.add(sentence.id)


def test_every_area_is_in_the_catalogue() -> None:
    modules = {path.stem for path in CATALOGUE.glob("*.py")} - {"__init__", "sentence", "catalogue"}
    assert modules == {area.__name__.rpartition(".")[2] for area in AREAS}


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.__name__.rpartition(".")[2])
def test_no_sentence_takes_the_name_of_another(area: object) -> None:
    """The later one would be said in the place of the earlier one."""
    tree = ast.parse(Path(str(area.__file__)).read_text())  # type: ignore[attr-defined]
    assigned = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    names = [target.id for target in assigned if isinstance(target, ast.Name)]
    assert len(names) == len(set(names)), [name for name in names if names.count(name) > 1]


def test_fields_have_names() -> None:
    for sentence in catalogue().values():
        names = [name for _, name, _, _ in Formatter().parse(sentence.words) if name is not None]
        assert all(name.isidentifier() for name in names), sentence.id


def test_a_phrase_knows_what_it_is_made_of() -> None:
    inner = Sentence("a.inner", "{count} of 2", evidence="two of them")
    outer = Sentence("a.outer", "is halted: {inner}", evidence="it is")
    said = outer.say(inner=inner.say(count=1))
    assert (said.text, said.ids) == ("is halted: 1 of 2", ("a.outer", "a.inner"))
    assert said.parts[1] == ("a.inner", {"count": 1})
    assert joined(said, NOTHING, Phrase("x", ()), by=", ").text == "is halted: 1 of 2, x"
    assert outer.read("is halted: 1 of 2") == {"inner": "1 of 2"}
    assert outer.read("was halted: 1 of 2") is None


def test_a_sentence_with_braces_in_a_field_stays_text() -> None:
    sentence = Sentence("a.b", "says {said}", evidence="it says so")
    assert sentence.say(said="{0} {x}").text == "says {0} {x}"


def test_the_list_of_the_command_line_loads_no_area_of_a_screen() -> None:
    """Each area is a hundred small objects, and `get` is run in loops."""
    code = (
        "import sys, canarytui.cli.get, canarytui.session.snapshot, canarytui.report.canaries;"
        "print(*(name for name in sys.modules if name.startswith('canarytui.domain.sentences.')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name.rpartition(".")[2] for name in ran.stdout.split()}
    screens = {"audit_screen", "config_file", "console", "detail_screen", "dialogs", "drill", "events_screen", "wall"}
    assert loaded, "canaries are explained by sentences"
    assert not loaded & screens


def _files() -> Iterator[Path]:
    for name in CONVERTED:
        place = PACKAGE / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if CATALOGUE not in path.parents:
                yield path


@pytest.mark.parametrize("path", list(_files()), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_words_are_nowhere_else(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    source = path.read_text()
    if path.parent == PACKAGE / "domain" / "traffic" and "TrafficProvider(" in source:
        return  # a provider's record: queries in PromQL, and what is known of the project for docs/providers.md
    found = list(sentence_like(source))
    if name.startswith(FLAGGERS):
        return
    if name in DATA:
        assert found, f"{name} has no long literals any more: take it out of DATA"
        return
    assert len(found) <= NOT_YET.get(name, 0), f"{name}: its words belong into the catalogue: {found}"


def sentence_like(source: str) -> Iterator[str]:
    """Literals of three words or more that a person may read: no docstrings, no regular expressions or formats of
    logs, and no documentation of options."""
    tree = ast.parse(source)
    docstrings = (
        {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} | _documentation(tree) | _logged(tree)
    )
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if id(node) in docstrings or id(node) in inner:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else " 0 " for part in node.values)
            if not any(" " in part.value for part in node.values if isinstance(part, ast.Constant)):
                continue  # a path or a key
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if len(_WORDS.findall(text)) >= 3 and " " in text.strip() and not _PATTERN.search(text):
            yield text


def _documentation(tree: ast.Module) -> set[int]:
    """The literals that argparse shows as documentation: given to it, or held by a constant that is given to it."""
    given = [
        keyword.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg in _DOCUMENTATION
    ]
    names = {part.id for value in given for part in ast.walk(value) if isinstance(part, ast.Name)} | {_USAGE}
    held = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and names & {name.id for name in node.targets if isinstance(name, ast.Name)}
    ]
    return {id(part) for value in (*given, *held) for part in ast.walk(value)}


def _logged(tree: ast.Module) -> set[int]:
    """The literals that go to the log file."""
    given = [
        value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "log"
        for value in call.args
    ]
    return {id(part) for value in given for part in ast.walk(value)}


FLAGGERS_OWN = {
    "command_controller.no_crds": "CustomResourceDefinitions are Flagger's",
    "command_controller.not_when_strict": "a flag with Flagger in its name",
    "command_judge.no_payload": "webhooks are Flagger's format",
    "command_sandbox.no_controller": "what to start",
    "connecting.not_served": "CustomResourceDefinitions are Flagger's",
    "detail_screen.alerts_without_severity": "how the two controllers differ",
    "invalid.phase": "phases are Flagger's",
    "list_screen.no_controller_here": "what to install",
}


def test_what_the_controller_does_is_not_said_of_flagger() -> None:
    """It may be canarytui's own."""
    assert {each.id for each in catalogue().values() if "Flagger" in each.words} == FLAGGERS_OWN.keys()


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('x = f"{name} waits for {what} there"', 1),
        ('x = "is ready and serves"', 1),
        ('"""A docstring of many words."""', 0),
        ('def f():\n    """Of many words, too."""', 0),
        ('x = ("two " "and " "three words")', 1),
        ('x = f"{a} and {b}"', 0),
        (r'x = re.compile(r"Rolling back \S+ failed checks")', 0),
        ('p.add_argument("--x", help="what this option means")', 0),
        ('log.warning("a line of the log file")', 0),
        ('notify.warning("a line of the screen")', 1),
        ("x = \"act('roll back')\"", 0),
        ('x = f"/apis/apps/v1/namespaces/{a}/deployments/{b}"', 0),
        ('p.error(message="what this option means")', 1),
        ('_TITLES = {"a": "Start a rollout now."}\np = Parser(description=_TITLES[verb])', 0),
        ('_TITLES = {"a": "Start a rollout now."}\nsay(_TITLES[verb])', 1),
        ('format="%(asctime)s %(levelname)s %(name)s"', 0),
    ],
)
def test_the_scan_finds_sentences(source: str, count: int) -> None:
    assert len(list(sentence_like(source))) == count
