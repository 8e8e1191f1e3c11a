"""The catalogue of sentences: whole, well-formed, and the only place with words in the rooms that use it."""

from __future__ import annotations

import ast
import re
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
    "arguments.py",
    "cluster",
    "domain",
    "driving",
    "errors.py",
    "faults/prediction.py",
    "metrics",
    "output.py",
)
"""Rooms and modules of the package whose sentences are in the catalogue; what is converted is added here."""

DATA = {
    "domain/ownership.py": "what tools call the objects that own others",
    "domain/plan.py": "names of actions, by which plans are looked up",
    "domain/conditions.py": "what Flagger writes into the status, word for word",
    "domain/controller_words.py": "what Flagger says, to be parsed",
    "domain/durations.py": "Go's own error, which Flagger's messages quote",
    "domain/revision.py": "the text of Go structures, of which a hash is made",
    "metrics/answers.py": "what Flagger says of a query, word for word",
    "metrics/gotemplate/evaluator.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/functions.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/lexer.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/literals.py": "what Go's text/template says, word for word",
    "metrics/gotemplate/parser.py": "what Go's text/template says, word for word",
    "metrics/observers.py": "queries in PromQL",
}
"""Files whose long literals are data."""

NOT_YET = {
    "faults/prediction.py": 1,
}
"""How many sentences a file still holds itself. The numbers only fall."""

_WORDS = re.compile(r"[A-Za-z][A-Za-z']+")
_PATTERN = re.compile(r"[\\^]|\(\?|\.\*")


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


def _files() -> Iterator[Path]:
    for name in CONVERTED:
        place = PACKAGE / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if CATALOGUE not in path.parents:
                yield path


@pytest.mark.parametrize("path", list(_files()), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_words_are_nowhere_else(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    found = list(sentence_like(path.read_text()))
    if name in DATA:
        assert found, f"{name} has no long literals any more: take it out of DATA"
        return
    assert len(found) <= NOT_YET.get(name, 0), f"{name}: its words belong into the catalogue: {found}"


def sentence_like(source: str) -> Iterator[str]:
    """Literals of three words or more that a person may read: no docstrings, no regular expressions."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
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


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('x = f"{name} waits for {what} there"', 1),
        ('x = "is ready and serves"', 1),
        ('"""A docstring of many words."""', 0),
        ('def f():\n    """Of many words, too."""', 0),
        ('x = ("two " "and " "three words")', 1),
        ('x = f"{a} and {b}"', 0),
        ('x = f"/apis/apps/v1/namespaces/{a}/deployments/{b}"', 0),
        (r'x = re.compile(r"Rolling back \S+ failed checks")', 0),
    ],
)
def test_the_scan_finds_sentences(source: str, count: int) -> None:
    assert len(list(sentence_like(source))) == count
