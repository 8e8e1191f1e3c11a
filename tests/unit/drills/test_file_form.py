"""A form's mistakes: file, field and rule in one sentence, wherever in the file they are."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from canarytui.drills.file_form import FileForm, TrueWord, duration, listed, one_of, rule, text, whole
from canarytui.errors import ConfigError


class _Inner(FileForm):
    alone = "must be one of even and odd"
    even: Annotated[int, whole(10)] = 0
    odd: TrueWord = True


class _Outer(FileForm):
    name: Annotated[str, text(5)]
    kind: Annotated[str, one_of("a", "b")] = "a"
    within: Annotated[float, duration(60)] = 1.0
    ratio: Annotated[float, rule("must be a ratio")] = 0.5
    inner: Annotated[list[_Inner], listed(2, "must be a list of 1 or 2")]


GOOD: dict[str, Any] = {"name": "x", "inner": [{"even": 2}]}


def test_what_is_right_is_read() -> None:
    form = _Outer.read({**GOOD, "within": "30s", "ratio": 1}, "f.yaml")
    assert (form.name, form.within, form.ratio, form.inner[0].even) == ("x", 30.0, 1.0, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "f.yaml: the file must be a map with name, kind, within, ratio, inner."),
        ({**GOOD, "colour": 1}, "f.yaml: colour is not known: use name, kind, within, ratio, inner."),
        ({"inner": [{"even": 2}]}, "f.yaml: name must be text."),
        ({**GOOD, "name": None}, "f.yaml: name must be text."),
        ({**GOOD, "name": "\x1b[2J"}, "f.yaml: name must be text."),
        ({**GOOD, "name": "abcdef"}, "f.yaml: name must be at most 5 characters."),
        ({**GOOD, "kind": ["a"]}, "f.yaml: kind must be one of a, b."),
        ({**GOOD, "within": "2m"}, "f.yaml: within must be a duration such as 30s or 2m, at most 60s."),
        ({**GOOD, "ratio": True}, "f.yaml: ratio must be a ratio."),
        ({**GOOD, "inner": []}, "f.yaml: inner must be a list of 1 or 2."),
        ({**GOOD, "inner": [{"even": 2}, {"even": 11}]}, "f.yaml: inner[1].even must be a whole number from 0 to 10."),
        ({**GOOD, "inner": [{"even": True}]}, "f.yaml: inner[0].even must be a whole number from 0 to 10."),
        ({**GOOD, "inner": [{"odd": 1}]}, "f.yaml: inner[0].odd must be true."),
        ({**GOOD, "inner": [{"odd": True, "even": 2}]}, "f.yaml: inner[0] must be one of even and odd."),
        ({**GOOD, "inner": [{"x\ny": 1}]}, "f.yaml: inner[0].x y is not known: use even, odd."),
        ({"name": 3, "kind": "c", "inner": []}, "f.yaml: name must be text."),
    ],
)
def test_a_mistake_is_one_sentence(content: object, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        _Outer.read(content, "f.yaml")
    assert str(told.value) == said
