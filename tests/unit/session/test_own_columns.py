"""A person's own columns: where they read, what they show, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from replacing import replace

from canarytui.console.demo_fixture import NOW, canary_object
from canarytui.console.list.columns import layout
from canarytui.domain.rollout.situation import Situation
from canarytui.domain.spec.canary import Canary
from canarytui.errors import ConfigError
from canarytui.session.columns.canary_columns import columns, use_own_columns
from canarytui.session.columns.own_columns import parse_columns


@pytest.fixture(autouse=True)
def none_remain() -> Iterator[None]:
    yield
    use_own_columns(())


def situation() -> Situation:
    found = Situation(Canary.parse(canary_object("shop", "cart", "Progressing", weight=20, failed=2)), NOW, 10.0)
    raw = {
        **found.canary.raw,
        "metadata": {"labels": {"team": "pay\x1b[31m"}, "annotations": {"example.com/book": "https://x"}},
        "spec": {"list": [{"name": "one"}, {"name": "two"}], "on": True, "count": 3, "a.b": {"c": "deep"}},
    }
    return replace(found, canary=replace(found.canary, raw=raw))


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ({"label": "team"}, "pay"),
        ({"annotation": "example.com/book"}, "https://x"),
        ({"path": "spec.list[1].name"}, "two"),
        ({"path": "{.spec.list[0].name}"}, "one"),
        ({"path": "$.spec['a.b'].c"}, "deep"),
        ({"path": "spec.count"}, 3),
        ({"path": "spec.on"}, "true"),
        ({"path": "spec.list"}, '[{"name":"one"},{"name":"two"}]'),
        ({"path": "spec.list[7].name"}, None),
        ({"path": "spec.count.deeper"}, None),
        ({"label": "nobody"}, None),
    ],
)
def test_a_column_reads_the_canary(entry: dict[str, Any], shown: object) -> None:
    (column,) = parse_columns([{"title": "T", **entry}], "c.yaml")
    assert column.value is not None
    assert column.value(situation()) == shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x", "c.yaml: columns is not a list"),
        ([1], "c.yaml: columns[0] is not a mapping"),
        ([{"label": "a"}], "columns[0].title is missing"),
        ([{"title": "T"}], "columns[0] must have exactly one of path, label and annotation"),
        ([{"title": "T", "label": "a", "path": "b"}], "must have exactly one"),
        ([{"title": "T", "path": "spec..x"}], "columns[0].path is 'spec..x', which is no path"),
        ([{"title": "T", "path": "spec.list[*].name"}], "is no path"),
        ([{"title": "T", "path": "spec[0]x"}], "is no path"),
        ([{"title": "T", "path": ""}], "is no path"),
        ([{"title": "T", "label": "a", "width": 0}], "columns[0].width is no number"),
        ([{"title": "T", "label": "a", "wdith": 9}], "columns[0].wdith is unknown (did you mean width?)"),
        ([{"title": "STATUS", "label": "a"}], "is STATUS, which another column has"),
        ([{"title": "T", "label": "a"}, {"title": "t", "label": "b"}], "columns[1].title is t, which another"),
    ],
)
def test_a_mistake_names_its_place(content: object, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        parse_columns(content, "c.yaml")
    assert said in str(told.value)


def test_the_list_has_room_for_them_and_others_go_first() -> None:
    use_own_columns(parse_columns([{"title": "TEAM", "label": "team", "width": 10}], "c.yaml"))
    assert columns()[-1].title == "TEAM"
    placed = {each.column.title: each.width for each in layout(160)}
    assert placed["TEAM"] == 10
    assert "NAME" in {each.column.title for each in layout(60)}
