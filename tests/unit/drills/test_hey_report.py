"""hey's summary, as hey 0.1 of Debian prints it, and sums of such."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canarytui.drills.hey_report import Answers, parse_summary

GOOD = """
Summary:
  Total:\t2.0100 secs
  Slowest:\t0.1079 secs
  Fastest:\t0.0024 secs
  Average:\t0.0053 secs
  Requests/sec:\t24.8756
  
  Total data:\t1000 bytes
  Size/request:\t20 bytes

Response time histogram:
  0.002 [1]\t|■■■■
  0.004 [9]\t|■■■■■■■■
  0.030 [0]\t|
  0.108 [2]\t|■■


Latency distribution:
  10% in 0.0039 secs
  0% in 0.0000 secs

Details (average, fastest, slowest):
  DNS+dialup:\t0.0000 secs, 0.0024 secs, 0.0079 secs

Status code distribution:
  [200]\t2 responses
  [500]\t10 responses



"""  # noqa: W293

REFUSED = """
Summary:
  Total:\t2.0055 secs
  Slowest:\t0.0000 secs
  Average:\t NaN secs

Response time histogram:


Latency distribution:

Status code distribution:

Error distribution:
  [19]\tGet "http://127.0.0.1:9/x": dial tcp 127.0.0.1:9: connect: connection refused
  [1]\tGet "http://127.0.0.1:9/x": read tcp 127.0.0.1:4321->127.0.0.1:9: read: connection reset by peer

"""


def test_answers_and_latencies() -> None:
    found = parse_summary(GOOD)
    assert found is not None
    assert (dict(found.codes), found.sent, found.failed) == ({200: 2, 500: 10}, 12, 0)
    assert found.latencies == (10, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0)
    assert (found.seconds, found.slowest_s) == (2.01, 0.1079)


def test_errors() -> None:
    found = parse_summary(REFUSED)
    assert found is not None
    assert (found.answered, found.failed) == (0, 20)
    assert sorted(found.errors.values()) == [1, 19]
    assert "4321" not in str(found.errors)


def test_two_loads_at_the_same_time_and_one_after_another() -> None:
    both = parse_summary(GOOD + GOOD)
    assert both is not None
    assert (both.sent, both.seconds) == (24, 2.01)
    assert both.plus(both).seconds == 4.02
    assert both.plus(both).codes == {200: 8, 500: 40}


def test_a_summary_that_is_missing_beside_another_is_counted() -> None:
    found = parse_summary(GOOD, heys=2)
    assert found is not None
    assert (found.sent, found.unreported) == (12, 1)
    assert found.plus(found).unreported == 2
    assert parse_summary(GOOD + GOOD, heys=2) == parse_summary(GOOD + GOOD)


@given(st.text() | st.text().map(lambda text: f"Summary:\n{text}"))
def test_any_text_is_read_or_not(text: str) -> None:
    found = parse_summary(text)
    assert found is None or found.sent >= 0
    assert parse_summary(f"no {text.replace('Summary:', '')}") is None


def test_errors_do_not_grow_without_end() -> None:
    whole = Answers()
    for number in range(100):
        whole = whole.plus(Answers(errors={f"error {number}": 1}))
    assert len(whole.errors) <= 20
    assert whole.failed == 100
