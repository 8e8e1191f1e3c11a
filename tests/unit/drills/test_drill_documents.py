"""What docs/drills.md shows is what is read, and the library's names are those of the files."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from canarytui.drills.drill_file import parse_drill
from canarytui.drills.gameday import parse_game_day
from canarytui.drills.guards import Limits, read_limits

BLOCKS = re.findall(
    r"```yaml\n(.*?)```", (Path(__file__).parents[3] / "docs" / "drills.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_limits_are_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "drill-limits.yaml"
    path.write_text(BLOCKS[0])
    assert read_limits(path) == Limits()


def test_the_example_of_a_drill() -> None:
    drill = parse_drill(yaml.safe_load(BLOCKS[1]), "docs", {"status": 502})
    assert drill.streams[0].path == "/checkout?fail=502"
    assert drill.phrase() == "80 % HTTP 502, 20 % load"


def test_the_example_of_a_game_day() -> None:
    day = parse_game_day(yaml.safe_load(BLOCKS[2]), "docs")
    assert len(day.steps) == 12
    assert day.texts[2] == "gate open"
