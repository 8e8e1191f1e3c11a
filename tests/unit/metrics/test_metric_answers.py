"""What a failed query says: Flagger's message to an Event, the same without its prefix to a person."""

from __future__ import annotations

from canarytui.metrics.answers import Availability, NoValues, QueryFailed


def test_a_failure_has_words_for_events_and_for_people() -> None:
    failed = QueryFailed("request failed: the server is away", "the server is away")
    assert (failed.reason, str(failed)) == ("request failed: the server is away", "the server is away")
    assert str(QueryFailed("error response: no")) == "error response: no"
    assert failed == QueryFailed(failed.reason), "recordings know the message only"


def test_no_values_says_what_flagger_says() -> None:
    assert NoValues().reason == "no values found"


def test_availability_is_true_without_a_problem() -> None:
    assert Availability()
    assert not Availability("running query failed: no values found")
