"""Drills from YAML: the library's are right, every mistake is one sentence with file, field and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from canarytui.drills.drill_file import parse_drill
from canarytui.drills.guards import Limits, read_limits
from canarytui.drills.library import all_drills, built_in_names, load_drill, source_text
from canarytui.errors import ConfigError, UsageError

GOOD = {
    "name": "mine",
    "title": "Mine",
    "description": "What it does",
    "streams": [{"path": "/a", "provokes": {"status": 500}}],
    "rate": 10,
    "concurrency": 2,
    "duration": "30s",
}


def test_the_librarys_drills_are_within_the_limits() -> None:
    drills, problems = all_drills(Path("/nonexistent"))
    assert problems == []
    assert [drill.name for drill in drills] == ["delay", "errors-500", "mixed", "not-found", "spike", "status"]
    assert [Limits().refusal(drill) for drill in drills] == [""] * 6
    assert {name: load_drill(name).failing_share for name in built_in_names()} == {
        "delay": 0.0, "errors-500": 1.0, "mixed": 0.3, "not-found": 0.0, "spike": 0.0, "status": 1.0,
    }  # fmt: skip


def test_parameters_fill_path_and_effect() -> None:
    drill = load_drill("status", {"status": 404})
    assert (drill.streams[0].path, drill.streams[0].effect.status, drill.failing_share) == ("/status/404", 404, 0.0)
    assert load_drill("delay", {"seconds": 3}).streams[0].effect.delay_s == 3.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rate": 0}, "my.yaml: rate must be a number above 0."),
        ({"rate": float("inf")}, "my.yaml: rate must be a number above 0."),
        ({"rate": True}, "my.yaml: rate must be a number above 0."),
        ({"duration": 30}, "my.yaml: duration must be a duration such as 30s or 2m."),
        ({"name": "My Drill"}, "my.yaml: name must be lower-case letters, digits and dashes, such as errors-500."),
        ({"title": None}, "my.yaml: title must be text."),
        ({"colour": 1}, "my.yaml: colour is not known: use name, title, description, parameters, streams, rate, "
                        "concurrency, duration."),
        ({"concurrency": 1.5}, "my.yaml: concurrency must be a whole number of workers, at least 1 (one a stream)."),
        ({"streams": []}, "my.yaml: streams must be a list of 1 to 8 streams, each with path and provokes."),
        ({"streams": [{"path": "/a;b", "provokes": {"load": True}}]},
         "my.yaml: streams[0].path may hold letters, digits and . _ / + : @ , % = - and one ?, nothing else: "
         "percent-encode the rest."),
        ({"streams": [{"path": "//evil.example/", "provokes": {"load": True}}]},
         "my.yaml: streams[0].path must not begin with //, which names another host."),
        ({"streams": [{"path": "/{x}", "provokes": {"load": True}}]},
         "my.yaml: streams[0].path uses {x}, which `parameters` does not define."),
        ({"streams": [{"path": "/a", "provokes": {"status": 999}}]},
         "my.yaml: streams[0].provokes.status must be an HTTP status from 200 to 599."),
        ({"streams": [{"path": "/a", "provokes": {}}]},
         "my.yaml: streams[0].provokes must be one of {status: 500}, {delay: 1s} and {load: true}."),
        ({"streams": [{"path": "/a", "provokes": {"load": True}, "headers": {"Host": "x"}}]},
         "my.yaml: streams[0].headers.Host is set by canarytui or by hey: leave it out."),
        ({"streams": [{"path": "/a", "provokes": {"load": True}, "method": "TRACE"}]},
         "my.yaml: streams[0].method must be one of GET, HEAD, OPTIONS, POST, PUT, DELETE."),
        ({"streams": [{"path": "/a", "share": 60, "provokes": {"load": True}}]},
         "my.yaml: streams have shares that add up to 60: make it 100 percent."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as told:
        parse_drill({**GOOD, **change}, "my.yaml")
    assert str(told.value) == sentence


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(GOOD)), _JSON)
def test_any_content_is_a_drill_or_one_sentence(key: str, value: object) -> None:
    said = "my.yaml: "
    try:
        parse_drill({**GOOD, key: value}, "my.yaml")
    except ConfigError as error:
        said = str(error)
    assert said.startswith("my.yaml: ")
    assert "\n" not in said


def test_own_files_stand_before_the_packages(tmp_path: Path) -> None:
    (tmp_path / "spike.yaml").write_text(yaml.safe_dump({**GOOD, "name": "spike"}))
    (tmp_path / "broken.yaml").write_text("a: [")
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(GOOD))
    drills, problems = all_drills(tmp_path)
    assert {drill.name: drill.rate for drill in drills}["spike"] == 10
    assert len(problems) == 2
    assert problems[0].startswith(f"{tmp_path}/broken.yaml is not YAML in line ")
    assert problems[1] == f"{tmp_path}/other.yaml: name must be 'other', like the file, not 'mine'."
    assert source_text("spike", tmp_path).startswith("concurrency: 2")
    with pytest.raises(UsageError, match="There is no drill 'nope': choose one of broken, delay"):
        load_drill("nope", folder=tmp_path)


def test_limits_are_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "drill-limits.yaml"
    assert read_limits(path) == Limits()
    path.write_text("rate: 10\nnamespaces: [test-*]\n")
    limits = read_limits(path)
    assert (limits.rate, limits.namespaces) == (10.0, ("test-*",))
    assert limits.refusal(load_drill("errors-500")).startswith("25 requests a second are more than the 10")
    for text in ("rates: 10", "rate: fast", "rate: .inf", "hosts: a", "- rate"):
        path.write_text(text)
        with pytest.raises(ConfigError, match=r"drill-limits\.yaml: "):
            read_limits(path)
