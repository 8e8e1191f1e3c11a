"""The program on a real terminal: any bytes come in, nothing raw goes out, and the terminal is left as it was."""

from __future__ import annotations

import os
import random
import re
import signal
import stat
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_api import RAW, HostileApi, kubeconfig, serving
from terminal import Terminal

pytestmark = pytest.mark.e2e

CANARYTUI = (sys.executable, "-m", "canarytui")
ANSWERS = (
    b"\x1b[MC\xb6*", b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", b"\x1b]52;c;cQp5Cg==\x07", b"\x1bP1+r544e=78\x1b\\",
    b"\x1b[?62;4;22c", b"\x9d11;rgb:q/q/q\x9c", b"\xe9", b"\xc3", b"\xfc",
)  # fmt: skip
LEAVES_OR_CONSENTS = frozenset(b"qyu:~\r\n\x03\x0d\x11\x1a")
"""Bytes that would end the console, or drive it, with every right; kitty's keys end in u or ~."""
UP = "c[bold]t"
"""A canary's name, on the screen once the list is there."""


@pytest.fixture(scope="module")
def api() -> Iterator[HostileApi]:
    with serving(spoilt=0) as served:  # pyte cannot draw over halves of wide letters
        yield served


@pytest.fixture
def env(tmp_path: Path, api: HostileApi) -> dict[str, str]:
    path = tmp_path / "config"
    path.write_text(kubeconfig(api.port))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "LC_", "LANG", "PYTHON"))}
    return {**kept, "HOME": str(tmp_path), "KUBECONFIG": str(path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}


def leave(terminal: Terminal, timeout_s: float = 30) -> int:
    """Go back with Escape and q until the program ends; its exit code."""
    deadline = time.monotonic() + timeout_s
    while terminal.process.poll() is None:
        assert time.monotonic() < deadline, f"does not leave:\n{terminal.read()}"
        for key in (b"\x1b", b"q"):
            try:
                os.write(terminal.master, key)
            except OSError:
                break
            time.sleep(0.3)
            terminal.read()
    return terminal.wait_end(10)


def leaves_own_style(terminal: Terminal) -> bool:
    """Whether the terminal was left in its own colours, which it has before the shell's screen comes back."""
    text = terminal.last.decode(errors="replace").rpartition("\x1b[?1049l")[0]
    return re.findall(r"\x1b\[[\d;]*m", text)[-1] == "\x1b[m"


def settings(terminal: Terminal) -> int:
    """The terminal's local flags: whether it echoes, takes lines, sends signals."""
    return int(termios.tcgetattr(terminal.master)[3])


@pytest.mark.parametrize("command", [(), ("watch",)], ids=["console", "wall"])
def test_ten_thousand_random_bytes_do_no_harm(command: tuple[str, ...], env: dict[str, str]) -> None:
    terminal = Terminal(*CANARYTUI, *command, env=env)
    before = settings(terminal)
    terminal.wait_for(UP if not command else "cart", 30)
    chance = random.Random(20261126)
    sent = 0
    while sent < 10_000:
        noise = bytes(byte for byte in chance.randbytes(chance.randrange(1, 200)) if byte not in LEAVES_OR_CONSENTS)
        data = noise + chance.choice((*ANSWERS, b""))
        os.write(terminal.master, data)
        sent += len(data)
        time.sleep(0.005)
        shown = terminal.read()
        assert terminal.process.poll() is None, f"ended with {terminal.process.returncode}:\n{shown}"
    time.sleep(1.5)  # what has begun and has no end is given up
    assert leave(terminal) == 0
    assert "Traceback" not in terminal.read()
    assert settings(terminal) == before


def test_answers_are_not_typed_into_a_prompt(env: dict[str, str]) -> None:
    terminal = Terminal(*CANARYTUI, env=env)
    terminal.wait_for(UP, 30)
    terminal.type("/")
    for answer in ANSWERS[:6]:
        os.write(terminal.master, answer)
    terminal.type("car")
    terminal.wait_for("/car", 10)
    os.write(terminal.master, b"\x1b[200~t\x1b]52;c;eA==\x07\x1b[2J\x1b[201~")
    terminal.wait_for("/cart", 10)
    assert not re.search(r"rgb|62;4|544e|C.\*", terminal.read())
    assert leave(terminal) == 0


def test_a_crash_has_an_exit_code_a_sentence_and_a_file(env: dict[str, str], tmp_path: Path) -> None:
    broken = (
        "import sys; from canarytui.cli.main import main; from canarytui.console.terminal import driver\n"
        "def feed(self, data): raise RuntimeError('broken on purpose \\x1b]52;c;eA==\\x07')\n"
        "driver.Keys.feed = feed; sys.argv = ['canarytui']; sys.exit(main())"
    )
    terminal = Terminal(sys.executable, "-c", broken, env=env)
    before = settings(terminal)
    terminal.wait_for(UP, 30)
    terminal.type("x")
    assert terminal.wait_end(20) == 70
    terminal.read()
    after = terminal.last.decode(errors="replace").rpartition("\x1b[?1049l")[2]  # pyte has one screen only
    assert "canarytui: Something unexpected went wrong (RuntimeError: broken on purpose \\x1b]52" in after
    assert "Traceback" not in after
    assert after.count("\n") == 1
    assert settings(terminal) == before
    assert leaves_own_style(terminal)
    (written,) = (tmp_path / ".local/state/canarytui").glob("crash-*.txt")
    assert str(written) in after
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert "terminal/driver.py" in written.read_text()


def test_told_to_end_it_leaves_the_terminal_as_it_was(env: dict[str, str]) -> None:
    terminal = Terminal(*CANARYTUI, env=env)
    before = settings(terminal)
    terminal.wait_for(UP, 30)
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert terminal.wait_end(20) == 143
    assert settings(terminal) == before
    terminal.read()
    assert leaves_own_style(terminal)


@pytest.mark.parametrize("after_s", [0.2, 0.3, 0.4, 0.6, 0.9])
def test_ctrl_c_at_any_moment_of_the_start_ends_it(after_s: float, env: dict[str, str]) -> None:
    terminal = Terminal(*CANARYTUI, env=env)
    time.sleep(after_s)
    terminal.type("\x03")
    assert terminal.wait_end(20) in (0, 130, -signal.SIGINT)


def test_ctrl_z_suspends_and_fg_resumes(env: dict[str, str]) -> None:
    shell = Terminal("bash", "--norc", "--noprofile", "-i", env={**env, "PS1": "ready> ", "BASH_SILENCE": "1"})
    shell.wait_for("ready>", 20)
    # A wrapper, as people have them: it must stop, too, or the shell would wait for it.
    shell.type(f"sh -c '{' '.join(CANARYTUI)}; exit $?'\n")
    shell.wait_for(UP, 30)
    for _ in range(2):
        shell.type("\x1a")
        shell.wait_for("Stopped", 20)
        shell.type("clear; echo here-$((40+2))\n")
        assert UP not in shell.wait_for("here-42", 10)
        shell.type("fg\n")
        shell.wait_for(UP, 20)
    shell.type("j")
    shell.type("q")
    shell.wait_for("ready>", 20)
    shell.type("echo code=$?\n")
    shell.wait_for("code=0", 10)
    shell.type("exit\n")
    shell.wait_end(10)


def test_ctrl_z_without_a_shell_says_so_and_goes_on(env: dict[str, str]) -> None:
    terminal = Terminal(*CANARYTUI, env=env)  # a session of its own: nobody could continue it
    terminal.wait_for(UP, 30)
    terminal.type("\x1a")
    terminal.wait_for("Not suspended", 20)
    before = terminal.received
    for number in (signal.SIGSTOP, signal.SIGCONT):  # a debugger, a laptop's lid: the terminal may be in any state
        os.kill(terminal.process.pid, number)
    deadline = time.monotonic() + 20
    while terminal.received < before + 1000:
        assert time.monotonic() < deadline, "nothing is drawn anew"
        time.sleep(0.1)
        terminal.read()
    os.kill(terminal.process.pid, signal.SIGTSTP)
    time.sleep(0.5)
    terminal.type("?")
    terminal.wait_for("one line down", 20)
    assert leave(terminal) == 0


LOCALES = (
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "iso-8859-1"},
)


@pytest.mark.parametrize("locale", LOCALES, ids=["POSIX", "ascii", "latin-1"])
def test_any_encoding_will_do(locale: dict[str, str], env: dict[str, str]) -> None:
    wrong = RAW.replace("\x00", "")
    encoding = "latin-1" if "iso-8859-1" in locale.values() else "ascii"
    for arguments in (
        ("get", "-o", "wide"),
        ("describe", "test/cart"),
        ("drill", "show", "delay"),
        (wrong,),
        ("--help",),
    ):
        done = subprocess.run([*CANARYTUI, *arguments], env={**env, **locale}, capture_output=True, timeout=60)
        shown = (done.stdout + done.stderr).decode(encoding)
        assert done.returncode == (2 if wrong in arguments else 0), shown
        assert "Error" not in shown
        assert "\\u25" not in shown
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", shown)
    terminal = Terminal(*CANARYTUI, env={**env, **locale})
    shown = terminal.wait_for(UP, 30)
    # What the cluster state itself holds is shown so, in names and, where they are there by now, in Events.
    assert not set(re.findall(r"\\u[0-9a-f]{4}", shown)) - {"\\u200b", "\\u202e", "\\u3164", "\\ud800"}
    assert leave(terminal) == 0


def test_a_reader_that_goes_away_and_a_full_disk(env: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*CANARYTUI, "--help"], env=env, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*CANARYTUI, "--help"], env=env, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1
    assert re.fullmatch(
        r"canarytui: Standard output cannot be written \(No space left on device\): .*\n", done.stderr.decode()
    )


def test_nothing_is_left_open(env: dict[str, str], api: HostileApi) -> None:
    for answer in ("objects", "forbidden", "garbage"):
        api.answer = answer
        for arguments in (("get",), ("status", "test/cart"), ("describe", "test/cart")):
            done = subprocess.run(
                [sys.executable, "-X", "dev", "-m", "canarytui", *arguments], env=env, capture_output=True, timeout=60
            )
            assert b"Unclosed" not in done.stderr
            assert b"never retrieved" not in done.stderr
            assert b"never awaited" not in done.stderr
    api.answer = "objects"


def test_a_question_takes_no_answer_from_the_terminal_itself(env: dict[str, str]) -> None:
    terminal = Terminal(*CANARYTUI, "pause", "test/cart", env=env)
    terminal.wait_for("Go on? [y/N]", 30)
    os.write(terminal.master, b"\xe9\xff\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\y\n")
    assert terminal.wait_end(20) == 7
    assert "it was not confirmed" in terminal.read()
