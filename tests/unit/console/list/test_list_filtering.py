"""What a filter keeps."""

from __future__ import annotations

import pytest

from canarytui.console.list.filter import matcher
from canarytui.domain.rollout.explain import Tone
from canarytui.session.rows import CanaryRow


def row(namespace: str, name: str, label: str, tone: Tone, **more: object) -> CanaryRow:
    phase = str(more.pop("phase", label))
    title = f"{namespace}/{name}"
    return CanaryRow((namespace, name), namespace, name, label, tone, phase=phase, title=title,
                     haystack=f"{title} {label}".lower(), **more)  # type: ignore[arg-type]  # fmt: skip


ROWS = [
    row("shop", "cart", "Halted", Tone.BAD, phase="Progressing", labels={"app": "web", "tier": "front"}),
    row("shop", "checkout", "Progressing", Tone.ACTIVE, labels={"app": "web"}, images=("shop/checkout:1", "")),
    row("pay", "ledger", "Failed", Tone.BAD, labels={"app": "money", "tier": "db"}, owner="Flux apps"),
    row("pay", "cards", "Waiting", Tone.WAITING),
    row("web", "front", "Succeeded", Tone.QUIET),
]


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("", "cart checkout ledger cards front"),
        ("cart", "cart"),
        ("ckout", "checkout"),
        ("chk", "checkout"),
        ("sho ca", "cart"),
        ("!shop", "ledger cards front"),
        ("CART", "cart"),
        (":failed", "ledger"),
        ("phase:failed", "ledger"),
        (":halted,failed", "cart ledger"),
        (":progressing", "cart checkout"),
        (":problem", "cart ledger"),
        ("!:quiet", "cart checkout ledger cards"),
        ("ns:pay :wait", "cards"),
        ("image:checkout", "checkout"),
        ("owner:flux", "ledger"),
        ("-l app=web", "cart checkout"),
        ("-lapp=web", "cart checkout"),
        ("-l app==web,tier!=front", "checkout"),
        ("-l tier", "cart ledger"),
        ("-l !tier", "checkout cards front"),
        ("-l app in (web, money) :problem", "cart ledger"),
        ("-l app notin (web)", "ledger cards front"),
        ("!-l app=web", "ledger cards front"),
        ("-l app=web car", "cart"),
    ],
)
def test_a_filter_keeps(pattern: str, kept: str) -> None:
    keep = matcher(pattern)
    assert [row.name for row in ROWS if keep(row)] == kept.split()


@pytest.mark.parametrize(
    "pattern", ["!", "!!", ":", "phase:", "-l", "-l ,", "-l a in (", "-l !", "[", "(", "ns:", "-l ="]
)
def test_a_half_typed_word_is_no_error(pattern: str) -> None:
    keep = matcher(pattern)
    assert all(keep(row) in (True, False) for row in ROWS)


@pytest.mark.parametrize("pattern", ["!", ":", "phase:", "-l", "ns:"])
def test_a_word_that_says_nothing_yet_keeps_everything(pattern: str) -> None:
    assert all(map(matcher(pattern), ROWS))


def test_a_name_with_one_letter_repeated_does_not_stop_the_filter() -> None:
    """Textual's matcher tries every combination of places: on such a name it does not end."""
    odd = row("a" * 60, "a-" * 120, "Succeeded", Tone.QUIET)
    assert matcher("a-" * 30 + "aa")(odd)
    assert not matcher("a-" * 30 + "b")(odd)
