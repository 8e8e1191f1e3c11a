"""The metrics of podinfo and the gateway, as the official client's parser reads them."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from canarytui.sandbox.metric_families import CONTENT_TYPE, Counter, Gauge, Histogram, render


def test_families_bear_go_clients_names_types_and_bounds() -> None:
    counted = Counter("http_requests_total", "All requests.", ("status",))
    counted.add(("200",))
    counted.add(("200",), 2)
    current = Gauge("open_connections", "Now.")
    current.set(3)
    current.add((), -1)
    took = Histogram("took_seconds", "Time.", ("path",), (0.5, 5.0))
    for seconds in (0.1, 0.5, 4.0, 70.0):
        took.observe(('/a"b\\c\nd',), seconds)
    unused = Counter("never_total", "Without a sample.")

    text = render((counted, current, took, unused)).decode()
    found = {family.name: family for family in text_string_to_metric_families(text)}

    assert {name: (family.type, family.documentation) for name, family in found.items()} == {
        "http_requests": ("counter", "All requests."),
        "open_connections": ("gauge", "Now."),
        "took_seconds": ("histogram", "Time."),
    }
    assert [(s.name, s.labels, s.value) for s in found["http_requests"].samples] == [
        ("http_requests_total", {"status": "200"}, 3.0)
    ]
    assert found["open_connections"].samples[0].value == 2.0
    path = {"path": '/a"b\\c\nd'}
    assert [(s.name, s.labels, s.value) for s in found["took_seconds"].samples] == [
        ("took_seconds_bucket", {**path, "le": "0.5"}, 2.0),
        ("took_seconds_bucket", {**path, "le": "5"}, 3.0),
        ("took_seconds_bucket", {**path, "le": "+Inf"}, 4.0),
        ("took_seconds_sum", path, 74.6),
        ("took_seconds_count", path, 4.0),
    ]
    assert "never_total" not in text
    assert CONTENT_TYPE == "text/plain; version=0.0.4; charset=utf-8"
