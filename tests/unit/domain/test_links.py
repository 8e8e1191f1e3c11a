"""Links from annotations and templates: only plain http and https URLs, and every value in them is escaped."""

from __future__ import annotations

import pytest
from test_actions_plans import canary_object

from canarytui.domain.links import Link, links_of, problem_of, unknown_variables
from canarytui.domain.spec.canary import Canary

GRAFANA = "https://grafana.test/d/x?ns=$NAMESPACE&name=${NAME}&ctx=$CONTEXT&target=$TARGET"


def canary(**annotations: str) -> Canary:
    obj = canary_object("Progressing")
    obj["metadata"]["annotations"] = {f"canarytui.io/{name}": value for name, value in annotations.items()}
    return Canary.parse(obj)


def test_annotations_come_before_templates_and_win() -> None:
    made = canary(**{"link": "https://wiki.test/cart", "link-grafana": "https://own.test/"})
    found = links_of(made, {"grafana": GRAFANA, "logs": "https://logs.test/$NAME"}, "kind")
    assert found == [
        Link("link", "https://wiki.test/cart"),
        Link("grafana", "https://own.test/"),
        Link("logs", "https://logs.test/cart"),
    ]


def test_a_value_cannot_leave_its_place_in_a_template() -> None:
    (found,) = links_of(canary(), {"grafana": GRAFANA}, "prod&admin=1#/../é \x1b[2J")
    assert found.url == (
        "https://grafana.test/d/x?ns=shop&name=cart&ctx=prod%26admin%3D1%23%2F..%2F%C3%A9%20%1B%5B2J&target=cart"
    )


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://a.test/x?y=1&z=%20#f", ""),
        ("http://[::1]:3000/", ""),
        ("javascript:alert(1)", "only http"),
        ("file:///etc/passwd", "only http"),
        ("https:///no-host", "not a URL"),
        ("https://a.test:port/", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://ann:pw@a.test/", "user name"),
        ("https://a.test/\x1b]8;;", "characters"),
        ("https://a.test/a b", "characters"),
        ("https://a.test/“", "characters"),
        ("-oProxyCommand=x", "only http"),
        ("", "characters"),
        ("https://a.test/" + "a" * 2000, "longer"),
    ],
)
def test_what_is_no_link_says_why(url: str, problem: str) -> None:
    said = problem_of(url)
    assert said.find(problem) >= 0 if problem else not said
    (link,) = links_of(canary(link=url), {}, "kind")
    assert (link.url, link.problem) == ("" if problem else url, said)


def test_unknown_variables_are_found() -> None:
    assert unknown_variables(GRAFANA) == []
    assert unknown_variables("https://a.test/$NAMES/${POD}") == ["NAMES", "POD"]
