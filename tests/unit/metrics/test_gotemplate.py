"""Go's text/template, held to what Go's own implementation made of the same templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canarytui.metrics.gotemplate.errors import TemplateError
from canarytui.metrics.gotemplate.evaluator import MAX_OUTPUT, execute
from canarytui.metrics.gotemplate.formatting import Value
from canarytui.metrics.gotemplate.functions import function_names
from canarytui.metrics.gotemplate.parser import MAX_LENGTH, parse

FOLDER = Path(__file__).parents[2] / "recordings" / "gotemplate"
ROWS: list[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text())
VARIABLES = {"code": "5..", "limit": "10", "direction": "inbound", "empty": "", "wide": "größe 金"}
FUNCTIONS: dict[str, Value] = {
    "name": "podinfo",
    "namespace": "test",
    "target": "podinfo",
    "service": "podinfo-svc",
    "ingress": "podinfo-ing",
    "route": "",
    "interval": "1m",
    "variables": {**VARIABLES, "quoted": "a\"b\\c<d>&'"},
}


def rendered(text: str) -> str:
    return execute(parse(text, function_names(FUNCTIONS)), FUNCTIONS)


def made_of(text: str) -> dict[str, Any]:
    try:
        return {"template": text, "output": rendered(text)}
    except TemplateError as error:
        return {"template": text, "error": str(error)}


def test_the_table_is_the_one_that_go_wrote_for_these_templates() -> None:
    assert [row["template"] for row in ROWS] == json.loads((FOLDER / "templates.json").read_text())
    assert len(ROWS) > 300
    assert sum("error" in row for row in ROWS) > 100


def test_outputs_and_errors_are_those_of_go() -> None:
    assert [made_of(row["template"]) for row in ROWS] == ROWS


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{{ range 1000000000 }}x{{ end }}", "passes of a range"),
        ("{{ range 9999 }}{{ range 9999 }}{{ end }}{{ end }}", "passes of a range"),
        ("{{ range 1000 }}{{ printf `%4000d` 1 }}{{ end }}", f"longer than {MAX_OUTPUT} characters"),
        ('{{ define "R" }}{{ template "R" }}{{ end }}{{ template "R" }}', "exceeded maximum template depth"),
        ("{{ if true }}" * 5000, "nested more than"),
        (f"{{{{ {'(' * 5000} }}}}", "nested more than"),
        ("x" * (MAX_LENGTH + 1), "longer than"),
    ],
)
def test_a_template_cannot_hold_up_a_controller(template: str, problem: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rendered(template)
    assert problem in caught.value.problem


@pytest.mark.parametrize("template", ["{{ printf `%999999999d` 1 }}", "{{ printf `%.999999999f` 1.5 }}"])
def test_widths_beyond_reason_are_cut(template: str) -> None:
    assert len(rendered(template)) < 5000


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("a\n{{ nope }}", "line 2"),
        ("a\n{{ variables.nope }}", "line 2, column 4"),
        ("ü{{ variables.nope }}", "line 1, column 6"),
    ],
)
def test_an_error_tells_its_place_from_one(template: str, place: str) -> None:
    """Columns count bytes, as Go's do."""
    with pytest.raises(TemplateError) as caught:
        rendered(template)
    assert caught.value.place == place


WORDS = (
    "{{ }} {{- -}} if else end range with define template block break continue nil true variables target printf print",
    "index len slice eq lt and or not call html js urlquery . .x $ $x := = | ( ) , 'c' 1 -2 0x 1.5 2i",
    '/* */ variables.code "a" `b` "%d" "%*d" "%[9]s" "%-08.3q" é \x00',
)
PIECES = st.sampled_from(" ".join(WORDS).split(" "))


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_text_is_rendered_or_refused(pieces: list[str], between: str) -> None:
    for text in (between.join(pieces), f"{{{{ {between.join(pieces)} }}}}"):
        made = made_of(text)
        assert "output" in made or made["error"].startswith("template: tmpl:")
