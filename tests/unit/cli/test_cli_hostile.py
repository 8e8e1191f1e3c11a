"""More than 500 runs of the whole command line over hostile objects, answers, kubeconfigs and arguments: no byte that a
terminal would obey comes out, no traceback, and every exit code is one that is documented."""

from __future__ import annotations

import io
import itertools
import json
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

import pytest
import yaml
from hostile_api import ANSWERS, FILLER, NAMES, OSC52, RAW, HostileApi, broken_kubeconfigs, kubeconfig, serving

from canarytui.actions import live_executor as live_hands
from canarytui.actions.requests import Patience
from canarytui.cli import drill_session as drilling
from canarytui.cli import events
from canarytui.cli import session as probe
from canarytui.cli.main import main
from canarytui.domain.text.plain import unseen
from canarytui.exit_codes import ExitCode

VERBS = ("pause", "resume", "extend", "promote", "rollback", "retry", "skip", "finish")
READS = (
    ("get",), ("get", "-o", "wide"), ("get", "-o", "json"), ("get", "-o", "yaml"), ("get", "-o", "name"),
    ("get", "--sort-by", "status"), ("events",), ("events", "-o", "wide"), ("events", "-o", "json"),
    ("doctor",), ("doctor", "-o", "json"),
)  # fmt: skip
ON_ONE = (
    ("get", "-o", "yaml"), ("get", "-o", "json"), ("describe",), ("status",), ("status", "-o", "json"), ("events",),
    ("doctor", "--fail-on", "note"),
    *((verb, "--dry-run", "--yes") for verb in VERBS), *((verb, "--yes", "-o", "json") for verb in VERBS),
    ("trigger", "--image", RAW, "--yes"), ("trigger", "--env", f"A={OSC52}", "--yes"), ("gate", "status"),
    ("gate", "open", "--yes"), ("drill", "predict", "--fault", "errors-500"),
)  # fmt: skip
ARGUMENTS = (
    (RAW,), ("get", "--no", RAW), ("get", "-o", RAW), ("get", "-l", RAW), ("get", "--sort-by", RAW), ("get", "-n", RAW),
    ("get", RAW), ("status", RAW), ("status", f"a/{RAW}"), ("status", "a", "--timeout", RAW, "--watch"),
    ("doctor", RAW), ("doctor", "-l", RAW),
    ("describe", RAW), ("events", "--since", RAW), ("pause", RAW), ("trigger", "a", "--env", RAW), ("gate", RAW, "a"),
    ("extend", "a", "--ticks", RAW), ("skip", "a", "--to", RAW), ("drill", RAW), ("drill", "show", RAW),
    ("drill", "predict", "a", "--fault", RAW), ("drill", "predict", "a", "--fault", "errors-500", "--set", RAW),
    ("drill", "predict", "a", "--fault", "errors-500", "--gateway", RAW), ("drill", "run", RAW), ("drill", "list"),
    ("install", "--print", "--namespace", RAW), ("install", "--print", "--image", RAW), ("install", RAW),
    ("completion", RAW), ("__complete", RAW), ("__complete", "get", ""), ("conformance", f"/nowhere/{FILLER}"),
    ("sandbox", RAW), ("sandbox", "up", "--port", RAW), ("controller", "-log-level", RAW), ("controller", "-x", RAW),
    ("watch", "-l", RAW), ("watch", "--rotate", RAW), ("demo", RAW), ("--context", RAW), ("--namespace",), ("audit",),
    ("audit", "-o", "json"), ("audit", RAW), ("screenshot", f"/proc/{OSC52}"), ("--version",), ("--help",),
    ("get", "--help"), ("controller", "-kubeconfig-qps", RAW),
)  # fmt: skip


class Runs:
    """Runs the command line and judges what came out; `counted` are the runs."""

    def __init__(self) -> None:
        self.counted = 0
        self.wrong: list[str] = []

    def __call__(self, *arguments: str) -> str:
        self.counted += 1
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = int(ended.code or 0)
        answered, told = out.getvalue(), err.getvalue()
        shown = f"{arguments!r} -> {code}\n{answered[:300]!r}\n{told[:600]!r}"
        raw = sorted({letter for letter in answered + told if unseen(letter) and letter not in "\n\t"})
        if raw:
            self.wrong.append(f"{[unicodedata.name(each, hex(ord(each))) for each in raw]} reach the terminal: {shown}")
        if code == ExitCode.CRASHED or "Traceback" in answered + told:
            self.wrong.append(f"unexpected: {shown}")
        if code not in (0, 1, 2, 3, 4, 5, 6, 7, 8):
            self.wrong.append(f"unknown exit code: {shown}")
        if code and not told and not answered:
            self.wrong.append(f"says nothing: {shown}")
        if code == 0 and "json" in arguments:
            for document in (
                [answered] if "events" not in arguments and "audit" not in arguments else answered.splitlines()
            ):
                json.loads(document)
        if code == 0 and "yaml" in arguments:
            yaml.compose(answered)
        return answered


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Runs]:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("KUBECONFIG", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    # Hostile checks have no values that could be waited for.
    monkeypatch.setattr(probe, "_FIRST_VALUES_S", 0.02)
    monkeypatch.setattr(events, "_QUIET_S", 0.02)
    monkeypatch.setattr(drilling, "_ENGINE_KNOWN_S", 0.02)
    # Nor does a write that was refused in bad faith ever show up in the object.
    monkeypatch.setattr(live_hands, "Patience", partial(Patience, reread_s=(0.0, 0.02)))
    made = Runs()
    with caplog.at_level(logging.WARNING):
        yield made
    assert made.wrong == []
    assert [record.getMessage() for record in caplog.records if "Unclosed" in record.getMessage()] == []


@pytest.fixture(scope="module")
def api() -> Iterator[HostileApi]:
    with serving() as served:
        yield served


def test_objects_and_answers(api: HostileApi, runs: Runs, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(kubeconfig(api.port, context=f"prod{OSC52}{FILLER}"))
    api.answer = "objects"
    for command, name in itertools.product(ON_ONE, NAMES):
        runs(*command, f"test/{name}", "--kubeconfig", str(path))
    for answer, command in itertools.product(ANSWERS, READS):
        api.answer = answer
        runs(*command, "--kubeconfig", str(path))
    assert runs.counted >= 230
    assert api.sent > runs.counted, "the server was asked"


def test_kubeconfigs(api: HostileApi, runs: Runs, tmp_path: Path) -> None:
    api.answer = "objects"
    folder = tmp_path / f"dir{OSC52}{FILLER}"
    folder.mkdir()
    commands = (
        *READS,
        *((*command, "cart") for command in ON_ONE[2:5]),
        ("pause", "cart", "--yes"),
        ("promote", "cart"),
    )
    for (kind, content), command in itertools.product(broken_kubeconfigs(api.port).items(), commands):
        path = folder / kind
        path.write_bytes(content)
        runs(*command, "--kubeconfig", str(path))
    good = folder / "good"
    good.write_text(kubeconfig(api.port))
    for name, command in itertools.product((RAW, *NAMES), READS):
        runs(*command, "--kubeconfig", str(good), "--context", name)
    for command in commands:
        runs(*command, "--kubeconfig", str(folder / "absent"))
    assert runs.counted >= 200


def test_arguments(runs: Runs) -> None:
    for arguments in ARGUMENTS:
        runs(*arguments)
    assert runs.counted == len(ARGUMENTS)


def test_the_judge_sees_what_is_raw(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canarytui.output.printable", lambda text: text)
    monkeypatch.setattr("canarytui.output.sentence", lambda what, _: str(what))
    for arguments in ((RAW,), ("audit", RAW), ("conformance", f"/nowhere/{FILLER}")):
        runs(*arguments)
    assert len(runs.wrong) == 3
    runs.wrong.clear()
