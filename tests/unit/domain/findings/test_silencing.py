"""Silencing a rule: by annotation, by comment, with a reason."""

import pytest

from canarytui.domain.findings.silencing import Silence, silence_in_comment, silences_in_annotations


def test_an_annotation_silences_several_rules_each_with_its_reason() -> None:
    annotations = {"canarytui.io/ignore": "provider-retired: we move in January: see OPS-12; image-latest: a demo"}

    assert silences_in_annotations(annotations) == (
        Silence("provider-retired", "we move in January: see OPS-12"),
        Silence("image-latest", "a demo"),
    )


@pytest.mark.parametrize("annotations", [{}, {"canarytui.io/ignore": " "}, {"other": "provider-retired: x"}])
def test_nothing_is_silenced_without_the_annotation(annotations: dict[str, str]) -> None:
    assert silences_in_annotations(annotations) == ()


def test_a_silence_without_a_reason_keeps_its_rule_so_that_it_can_be_reported() -> None:
    assert silences_in_annotations({"canarytui.io/ignore": "provider-retired"}) == (Silence("provider-retired", ""),)


@pytest.mark.parametrize(
    ("line", "silence"),
    [
        (
            "  provider: nginx  # canarytui: ignore provider-retired: until January",
            Silence("provider-retired", "until January"),
        ),
        ("# canarytui:ignore image-latest: demo", Silence("image-latest", "demo")),
        ("provider: nginx  # ignore provider-retired", None),
        ("# canarytui: ignore", None),
    ],
)
def test_a_comment_silences_one_rule(line: str, silence: Silence | None) -> None:
    assert silence_in_comment(line) == silence
