"""Sending slices: by hey as a child of ours, or by the load tester in the cluster.

Both send two seconds at a time and nothing of their own accord. In the cluster the load tester's ``bash`` task is used
rather than ``cmd``: its answer is hey's own summary, so no pod's log has to be read, a slice is told from the next one
without guessing, and a refusal is an answer instead of a line in a log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
from typing import Protocol

from canarytui.cluster.children import die_with_parent, started
from canarytui.cluster.client import Cluster
from canarytui.cluster.service_http import ProviderUnreachable, fetch
from canarytui.domain.plaintext import clean
from canarytui.domain.public_url import public_url
from canarytui.domain.sentences import drill_run as words
from canarytui.drills.command import SLICE_S, shown
from canarytui.drills.drill_state import Slice
from canarytui.drills.hey_report import Answers, parse_summary
from canarytui.drills.plan import DrillPlan
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
        """End what can be ended of the load under way."""
        ...


def hey_here() -> str | None:
    """Where hey is on this machine, None when it is not installed."""
    return shutil.which("hey")


class HereSender:
    """hey as our child: a process group of its own, ended by id, and by the kernel when we end however we end."""

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
        if self._stopped:  # while it was being started
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
        # hey sums up what it has when it is interrupted; without an answer in time it is killed.
        # Once only, though the abort key and the drill's end both stop: a second one would cut its summary short.
        for child in self._children - self._interrupted:
            self._interrupted.add(child)
            _signal_group(child, signal.SIGINT)
        ends = asyncio.get_running_loop().time() + _GRACE_S
        while self._children and asyncio.get_running_loop().time() < ends:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for child in list(self._children):
            _signal_group(child, signal.SIGKILL)


class ClusterSender:
    """The canary's own load tester. What it was given goes on for at most a slice's two seconds."""

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
        """Nothing can be taken back; it ends by itself."""


async def _killed(child: asyncio.subprocess.Process) -> None:
    _signal_group(child, signal.SIGKILL)
    await child.wait()


def _signal_group(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if child.returncode is None:
            os.killpg(child.pid, number)
