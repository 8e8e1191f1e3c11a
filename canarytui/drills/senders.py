"""Sends slices: by hey as our child, or by the load tester in the cluster.

Both send two seconds at a time and nothing of their own accord. In the cluster the load tester's ``bash`` task is used,
not ``cmd``: its answer is hey's own summary. So no pod log has to be read, slices are told apart without guessing, and
a refusal is an answer instead of a log line.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
from typing import Protocol

from canarytui.cluster.child_processes import die_with_parent, started
from canarytui.cluster.client import Cluster
from canarytui.cluster.service_http import ProviderUnreachable, fetch
from canarytui.domain.sentences import drill_run as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import public_url
from canarytui.drills.drill_plan import DrillPlan
from canarytui.drills.drill_state import Slice
from canarytui.drills.hey_command import SLICE_S, shown
from canarytui.drills.hey_report import Answers, parse_summary
from canarytui.errors import CanarytuiError

_GRACE_S = 0.3


class SendFailed(CanarytuiError):
    """A slice could not be sent; the message says why."""


class Sender(Protocol):
    """Sends slices of one drill."""

    async def send(self, piece: Slice) -> Answers:
        """Send one slice and wait for its end; raises SendFailed."""
        ...

    async def stop(self) -> None:
        """End as much of the load under way as can be ended."""
        ...


def hey_here() -> str | None:
    """hey's path on this machine; None if it is not installed."""
    return shutil.which("hey")


class HereSender:
    """hey as our child, in its own process group: ended by id, and by the kernel if we end in any way."""

    def __init__(self, hey: str) -> None:
        self._hey = hey
        self._children: set[asyncio.subprocess.Process] = set()
        self._interrupted: set[asyncio.subprocess.Process] = set()
        self._stopped = False

    async def send(self, piece: Slice) -> Answers:
        found = await asyncio.gather(*(self._one(command) for command in piece.commands))
        whole = Answers()
        for answers in found:
            whole = whole.plus(answers, together=True)
        return whole

    async def _one(self, command: list[str]) -> Answers:
        if self._stopped:
            raise SendFailed(words.STOPPED.text())
        try:
            starting = asyncio.create_subprocess_exec(
                self._hey,
                *command[1:],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
            child = await started(starting, _killed)
        except OSError as error:
            raise SendFailed(words.CANNOT_RUN.text(hey=self._hey, why=error.strerror)) from error
        self._children.add(child)
        if self._stopped:  # while it was starting
            _signal_group(child, signal.SIGKILL)
        try:
            output, _ = await child.communicate()
        finally:
            self._children.discard(child)
            self._interrupted.discard(child)
            _signal_group(child, signal.SIGKILL)
        text = output.decode("utf-8", "replace")
        answers = parse_summary(text)
        if answers is None:
            if self._stopped:
                return Answers(unreported=1)
            said = clean(text[-300:], 200) or words.NO_OUTPUT.text()
            raise SendFailed(words.HEY_ENDED.text(code=child.returncode, said=said))
        return answers

    async def stop(self) -> None:
        self._stopped = True
        # hey prints its summary when it is interrupted; without one in time it is killed.
        # Once only, although both abort key and drill end stop it: a second one would cut its summary short.
        for child in self._children - self._interrupted:
            self._interrupted.add(child)
            _signal_group(child, signal.SIGINT)
        ends = asyncio.get_running_loop().time() + _GRACE_S
        while self._children and asyncio.get_running_loop().time() < ends:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for child in list(self._children):
            _signal_group(child, signal.SIGKILL)


class ClusterSender:
    """The canary's own load tester. What it was given goes on for two seconds at most."""

    def __init__(self, cluster: Cluster, plan: DrillPlan) -> None:
        self._cluster, self._plan = cluster, plan
        slowest_s = max(stream.effect.delay_s for stream in plan.drill.streams)
        self._patience_s = SLICE_S + slowest_s + 3.0

    def payload(self, piece: Slice) -> bytes:
        """The load tester's request for a slice."""
        namespace, name = self._plan.key
        metadata = {"type": "bash", "cmd": shown(piece.commands), "returnCmdOutput": "true"}
        return json.dumps({"name": name, "namespace": namespace, "phase": "Progressing", "metadata": metadata}).encode()

    async def send(self, piece: Slice) -> Answers:
        url = self._plan.target.tester_url
        tester = public_url(url)
        try:
            status, body = await fetch(
                self._cluster,
                "POST",
                url,
                headers={"Content-Type": "application/json"},
                body=self.payload(piece),
                timeout_s=self._patience_s,
            )
        except ProviderUnreachable as error:
            raise SendFailed(clean(str(error), 300)) from error
        except CanarytuiError as error:
            raise SendFailed(words.TESTER_UNREACHABLE.text(url=tester, why=clean(str(error), 300))) from error
        text = body.decode("utf-8", "replace")
        if status >= 300:
            said = clean(text, 200) or words.NO_REASON.text()
            raise SendFailed(words.TESTER_REFUSED.text(url=tester, status=status, said=said))
        answers = parse_summary(text, len(piece.commands))
        if answers is None:
            raise SendFailed(words.NO_SUMMARY.text(url=tester, said=clean(text, 200) or words.EMPTY.text()))
        return answers

    async def stop(self) -> None:
        """Nothing: what was sent cannot be taken back, and ends by itself."""


async def _killed(child: asyncio.subprocess.Process) -> None:
    _signal_group(child, signal.SIGKILL)
    await child.wait()


def _signal_group(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if child.returncode is None:
            os.killpg(child.pid, number)
