"""JSON log lines as a person reads them."""

from __future__ import annotations

import pytest

from canarytui.domain.text.structured_log import readable_line


@pytest.mark.parametrize(
    ("text", "level", "readable"),
    [
        (
            '{"level":"ERROR","ts":1,"msg":"request failed","path":"/api","status":500}',
            "error",
            "error request failed path=/api status=500",
        ),
        ('{"severity":"info","message":"up"}', "info", "info up"),
        (
            '{"msg":"a","why":"two words","none":null,"deep":{"x":[1]}}',
            "",
            'a why="two words" none=null deep={"x":[1]}',
        ),
        ('{"level":30,"msg":5}', "", "level=30 msg=5"),
        ("{not json", "", ""),
        ('["a"]', "", ""),
        ("plain", "", ""),
        ('{"a":' * 5000, "", ""),
        ('{"a":"' + "x" * 70_000 + '"}', "", ""),
    ],
)
def test_a_line(text: str, level: str, readable: str) -> None:
    assert readable_line(text) == (level, readable)
