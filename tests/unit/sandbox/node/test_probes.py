"""Probes as a spec asks for them, and when their results settle."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox.node.probes import (
    Check,
    FixedCheck,
    HttpCheck,
    Probe,
    Tally,
    TcpCheck,
    command_check,
    probes_of,
)

PORTS = {"ports": [{"name": "http", "containerPort": 9898}]}


@pytest.mark.parametrize(
    ("spec", "check"),
    [
        ({"httpGet": {"port": "http"}}, HttpCheck(9898, "/")),
        ({"httpGet": {"port": 80, "path": "x", "httpHeaders": [{"name": "A", "value": "b"}]}},
         HttpCheck(80, "/x", (("A", "b"),))),
        ({"tcpSocket": {"port": "9000"}}, TcpCheck(9000)),
        ({"grpc": {"port": 1}}, TcpCheck(1)),
        ({"httpGet": {"port": "unknown"}}, HttpCheck(0, "/")),
        ({"exec": {"command": ["podcli", "check", "http", "localhost:9898/healthz"]}}, HttpCheck(9898, "/healthz")),
    ],
)  # fmt: skip
def test_what_a_probe_checks(spec: dict[str, Any], check: Check) -> None:
    assert probes_of({**PORTS, "readinessProbe": spec})["readiness"].check == check


@pytest.mark.parametrize(
    ("command", "check"),
    [
        (["curl", "-f", "http://127.0.0.1:8080/readyz"], HttpCheck(8080, "/readyz")),
        (["sh", "-c", "nc -z localhost 5432"], TcpCheck(80)),
        (["podcli", "check", "tcp", "localhost:9898"], TcpCheck(9898)),
        (["false"], FixedCheck(False)),
        (["sh", "-c", "exit 1"], FixedCheck(False)),
        (["cat", "/tmp/healthy"], FixedCheck(True)),
    ],
)
def test_health_check_commands_are_read_as_the_request_they_send(command: list[str], check: Check) -> None:
    assert command_check(command, {}) == check


def test_timing_and_thresholds_have_the_kubelets_defaults() -> None:
    spec = {
        "initialDelaySeconds": 1,
        "periodSeconds": 2,
        "timeoutSeconds": 3,
        "successThreshold": 4,
        "failureThreshold": 5,
    }
    found = probes_of({"startupProbe": {"tcpSocket": {"port": 1}}, "livenessProbe": {"tcpSocket": {"port": 1}, **spec}})
    assert found == {
        "startup": Probe("startup", TcpCheck(1), 0, 10, 1, 1, 3),
        "liveness": Probe("liveness", TcpCheck(1), 1, 2, 3, 4, 5),
    }


def test_a_result_settles_after_as_many_in_a_row_as_the_threshold() -> None:
    tally = Tally(Probe("readiness", TcpCheck(1), success_threshold=2, failure_threshold=3))
    results = [tally.add(success) for success in (True, True, True, False, False, True, False, False, False)]
    assert results == [None, True, True, None, None, None, None, None, False]
