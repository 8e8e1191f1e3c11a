"""Who wrote an object last: managedFields have whole seconds, and name who owns each field."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.domain.conflict_relevance import last_writer, owner_of_field


def entry(manager: str, at: str, *fields: str, subresource: str = "") -> dict[str, Any]:
    owned = {"f:spec": {f"f:{name}": {} for name in fields}}
    return {"manager": manager, "time": f"2026-11-27T{at}Z", "fieldsV1": owned, "subresource": subresource}


def written(*entries: object) -> dict[str, Any]:
    return {"metadata": {"managedFields": list(entries)}}


@pytest.mark.parametrize("turned", [False, True])
def test_two_that_wrote_in_the_same_second_are_both_named(turned: bool) -> None:
    both = [entry("helm", "14:02:11", "suspend"), entry("kubectl-patch", "14:02:11", "skipAnalysis")]
    obj = written(entry("kubectl-create", "14:02:10"), *(reversed(both) if turned else both))
    assert last_writer(obj, False) == "helm or kubectl-patch (14:02:11 UTC)"


def test_who_owns_a_field_changed_it_whoever_wrote_since() -> None:
    obj = written(
        entry("kubectl-create", "14:02:11", "service"),
        entry("kubectl-patch", "14:02:11", "skipAnalysis"),
        entry("helm", "14:02:12", "suspend"),
        entry("flagger", "14:02:13", subresource="status"),
    )
    assert owner_of_field(obj, "skipAnalysis") == "kubectl-patch (14:02:11 UTC)"
    assert last_writer(obj, False) == "helm (14:02:12 UTC)"
    assert last_writer(obj, True) == "flagger (14:02:13 UTC)"
    assert owner_of_field(obj, "analysis") == ""


def test_the_last_of_several_owners_set_it() -> None:
    obj = written(entry("flux", "14:02:12", "suspend"), entry("kubectl-patch", "14:02:11", "suspend"))
    assert owner_of_field(obj, "suspend") == "flux (14:02:12 UTC)"


@pytest.mark.parametrize("obj", [{}, {"metadata": {"managedFields": "x"}}, written(7, None, {"manager": "a"})])
def test_objects_that_do_not_say_name_nobody(obj: dict[str, Any]) -> None:
    assert (last_writer(obj, False), owner_of_field(obj, "suspend")) == ("", "")
