"""``canarytui demo``: a sandbox with the seed's scenario as a child process, and the console in front of it."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from canarytui.arguments import Parser
from canarytui.cli import console
from canarytui.cli import sandbox as sandbox_command
from canarytui.domain.sentences.command import INSTEAD_OF_DEMO, NEEDS_TERMINAL
from canarytui.domain.sentences.command_sandbox import ENDED, STARTING
from canarytui.errors import UsageError
from canarytui.exit_codes import ExitCode
from canarytui.output import say, tell

_STOP_GRACE_S = 10.0


def parser() -> argparse.ArgumentParser:
    """``canarytui demo …``: options of ``sandbox up``."""
    made = Parser(
        prog="canarytui demo", description="The seed's rollout on this machine: a sandbox, a controller, the console."
    )
    sandbox_command.add_arguments(made)
    console.add_mouse_argument(made)
    return made


def run(arguments: Sequence[str]) -> int:
    """Run sandbox and console until the console quits; its exit code."""
    options = parser().parse_args(arguments)
    if not sys.stdout.isatty():
        raise UsageError(NEEDS_TERMINAL.text(screen="demo", instead=INSTEAD_OF_DEMO.text()))
    from canarytui.sandbox.supervisor.run_folder import run_folder

    signal.signal(signal.SIGINT, signal.default_int_handler)  # end the sandbox and remove its folder first
    with run_folder("canarytui-demo-") as folder:
        kubeconfig = options.kubeconfig or folder / "kubeconfig"
        errors = folder / "sandbox.log"
        say(STARTING.text())
        with errors.open("wb") as log:
            child = subprocess.Popen(
                _command(options, kubeconfig),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        try:
            assert child.stdout is not None
            line = child.stdout.readline()
            if not line:
                child.wait()
                return _failed(errors, child.returncode)
            addresses = json.loads(line)
            return _console(Path(addresses["kubeconfig"]), options)
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED
        finally:
            _end(child)


def _command(options: argparse.Namespace, kubeconfig: Path) -> list[str]:
    command = [sys.executable, "-m", "canarytui", "sandbox", "up", "--controller", "--scenario", "seed"]
    command += ["--exit-with-parent", "--json", "--kubeconfig", str(kubeconfig)]
    for name in ("port", "proxy-port", "gateway-port", "prometheus-port", "loadtester-namespace", "provider"):
        command += [f"--{name}", str(getattr(options, name.replace("-", "_")))]
    if options.data_dir is not None:
        command += ["--data-dir", str(options.data_dir)]
    return command


def _console(kubeconfig: Path, options: argparse.Namespace) -> int:
    arguments = ["--kubeconfig", str(kubeconfig), *(["--no-mouse"] if options.no_mouse else [])]
    return console.run_console(console.parser().parse_args(arguments), guided=True)


def _failed(errors: Path, code: int) -> int:
    lines = [line for line in errors.read_text(errors="replace").splitlines() if line.strip()]
    tell(lines[-1] if lines else ENDED.text(code=code))
    return code or ExitCode.ERROR


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close the sandbox's standard input, on which it ends with all its children."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(_STOP_GRACE_S)
    except subprocess.TimeoutExpired:
        child.terminate()
        try:
            child.wait(_STOP_GRACE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
