"""The wheel that is built from the sdist works in a fresh environment, without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sandbox_process import SandboxProcess

from canarytui import __version__

ROOT = Path(__file__).parents[2]


def build(target: str, source: Path, folder: Path) -> Path:
    """The sdist or the wheel of a source tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    [made] = folder.iterdir()
    return made


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The sdist, unpacked."""
    sdist = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sources", filter="data")
    return tmp_path / "sources" / f"canarytui-{__version__}"


@pytest.fixture
def wheel(sources: Path, tmp_path: Path) -> Path:
    return build("wheel", sources, tmp_path / "wheel")


@pytest.fixture
def python(wheel: Path, tmp_path: Path) -> Path:
    """An environment that has the wheel; its dependencies are those of the tests' own environment."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    made = folder / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(made), "install", "-q", "--no-deps", "--no-index",
         "--no-compile", "--disable-pip-version-check", str(wheel)],
        check=True, timeout=120,
    )  # fmt: skip
    [packages] = folder.glob("lib/python3*/site-packages")
    # A path that a .pth file adds is not searched for other .pth files: the checkout itself is not on it.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return made


def test_the_sdist_and_its_wheel_have_what_is_needed(sources: Path, wheel: Path) -> None:
    there = {path.name for path in sources.iterdir()}
    wanted = {
        "canarytui", "styles", "tests", "charts", "docs", ".ci", "pyproject.toml", "README.md", "LICENSE", "NOTICE",
        "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Containerfile", ".containerignore", "Makefile",
    }  # fmt: skip
    assert wanted <= there
    assert (sources / ".ci" / "run").stat().st_mode & 0o100
    assert not (sources / ".ci" / "tools").exists()
    assert not (sources / ".ci" / "wheels").exists()

    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(f"canarytui-{__version__}.dist-info/METADATA").decode()
    for folder, pattern, place in (
        (ROOT / "styles", "*.tcss", "canarytui/styles"),
        (ROOT / "canarytui" / "sandbox" / "manifests", "**/*.yaml", "canarytui/sandbox/manifests"),
    ):
        packaged = {f"{place}/{path.relative_to(folder)}" for path in folder.glob(pattern)}
        assert packaged
        assert packaged <= names
    assert "canarytui/py.typed" in names
    assert {f"canarytui-{__version__}.dist-info/licenses/{name}" for name in ("LICENSE", "NOTICE")} <= names
    assert not [name for name in names if name.startswith(("tests/", ".ci/"))]
    assert "Classifier: Typing :: Typed" in metadata
    assert "Project-URL" not in metadata


def test_no_folder_of_the_checkout_is_a_link() -> None:
    packaged = [*(ROOT / "canarytui").rglob("*"), *(ROOT / "styles").rglob("*")]
    assert [path for path in packaged if path.is_symlink()] == []


def test_the_wheel_runs_without_the_checkout(
    python: Path, tmp_path: Path, start_sandbox: Callable[..., SandboxProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}

    def run(*command: str) -> str:
        done = subprocess.run(
            [str(python), *command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run("-c", "import canarytui; print(canarytui.__file__)").strip()
    assert Path(where).is_relative_to(python.parents[1])
    assert __version__ in run("-m", "canarytui", "--version")
    run("-m", "canarytui", "screenshot", "pictures", "--only", "list-halted-80x24")
    pictures = {path.name for path in (tmp_path / "pictures").glob("*.svg")}
    assert pictures == {"list-halted-80x24.svg"}

    # The demo without its screen.
    monkeypatch.setattr(sys, "executable", str(python))
    sandbox = start_sandbox("--controller", "--scenario", "seed")
    program = Path(f"/proc/{sandbox.process.pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    assert program == str(python)
    sandbox.wait("the controller takes the canary up", lambda: sandbox.phase() != "", 60)
