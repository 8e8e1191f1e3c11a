"""Carries out a Containerfile without a container engine: its own steps, in a folder that plays the root filesystem.

The base image is this Python, copied to where ``python:…-slim`` has its own, with the pip that the image has. Absolute
paths in the steps are taken as paths below the folder.
"""

from __future__ import annotations

import ensurepip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ABSOLUTE = re.compile(r"(?<![^\s=:\"'])/(?=[a-z])")
_LEFT_OUT = ("site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo", "__pycache__")


@dataclass
class Image:
    """What the last stage leaves: its `root`, and how a container of it is started."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def below(self, text: str) -> str:
        """Absolute paths in `text` as paths below the root."""
        return _ABSOLUTE.sub(f"{self.root}/", text)


def instructions(containerfile: Path) -> list[tuple[str, str]]:
    """(instruction, its arguments), with continued lines joined and comments left out."""
    lines = [line for line in containerfile.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def build(context: Path, folder: Path, wheels: Path) -> Image:
    """All stages, one after the other, in `folder`; pip finds its packages in `wheels` and nowhere else.

    Raises:
        AssertionError: a step fails, or an instruction is none that this can carry out.
    """
    image, stages, name = Image(folder / "root"), dict[str, Path](), ""
    for instruction, arguments in instructions(context / "Containerfile"):
        match instruction:
            case "FROM":
                if image.root.exists():
                    image.root.rename(stages.setdefault(name, folder / f"stage-{len(stages)}"))
                base, _, name = arguments.partition(" AS ")
                assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim", base), base
                image = Image(folder / "root")
                _lay_down_python(image.root)
            case "COPY":
                _copy(image, context, stages, arguments)
            case "RUN":
                _run(image, arguments, wheels)
            case "WORKDIR":
                image.workdir = arguments
                Path(image.below(arguments)).mkdir(parents=True, exist_ok=True)
            case "ENV":
                image.env |= dict(each.split("=", 1) for each in shlex.split(arguments))
            case "USER":
                image.user = arguments
            case "ENTRYPOINT":
                image.entrypoint = json.loads(arguments)
            case "CMD":
                image.command = json.loads(arguments)
            case "EXPOSE":
                pass  # says something, does nothing
            case _:
                raise AssertionError(f"no such instruction is known here: {instruction} {arguments}")
    return image


def _lay_down_python(root: Path) -> None:
    """``/usr/local`` of the base image, with pip as it comes with Python, and an empty ``/tmp``."""
    library = root / "usr" / "local" / "lib" / f"python3.{sys.version_info.minor}"
    source = sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix, "base": sys.base_prefix})
    shutil.copytree(source, library, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT, "config-*"))
    programs = root / "usr" / "local" / "bin"
    programs.mkdir()
    executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    shutil.copy2(executable, programs / f"python3.{sys.version_info.minor}")
    for each in (Path(sys.base_prefix) / "lib").glob("libpython3*.so*"):
        shutil.copy2(each, library.parent / each.name, follow_symlinks=False)
    (programs / "python3").symlink_to(f"python3.{sys.version_info.minor}")
    (programs / "pip3").write_text('#!/bin/sh\nexec python3 -m pip "$@"\n')
    [pip] = _bundled_pip()
    with zipfile.ZipFile(pip) as wheel:
        wheel.extractall(library / "site-packages")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def _bundled_pip() -> list[Path]:
    """The wheel of pip that comes with this Python, or with Debian's."""
    bundled = Path(ensurepip.__file__).parent / "_bundled"
    return sorted([*bundled.glob("pip-*.whl"), *Path("/usr/share/python-wheels").glob("pip-*.whl")])[:1]


def _copy(image: Image, context: Path, stages: dict[str, Path], arguments: str) -> None:
    *sources, target = arguments.split()
    origin = context
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")]
    place = Path(image.below(target)) if target.startswith("/") else Path(image.below(image.workdir)) / target
    for source in (origin / each.lstrip("/") for each in sources):
        if origin != context:
            # Moved, which is quicker: no stage is copied from twice.
            place.parent.mkdir(parents=True, exist_ok=True)
            source.rename(place)
        elif source.is_dir():
            shutil.copytree(source, place, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder = place if target.endswith("/") or len(sources) > 1 else place.parent
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / source.name if folder == place else place)


def _run(image: Image, command: str, wheels: Path) -> None:
    env = {
        "PATH": f"{image.root}/usr/local/bin:{os.environ['PATH']}",
        "HOME": f"{image.root}/tmp",
        "LD_LIBRARY_PATH": f"{image.root}/usr/local/lib",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    done = subprocess.run(
        ["sh", "-ec", image.below(command)],
        cwd=image.below(image.workdir), env=env, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"RUN {command}\n{done.stdout}\n{done.stderr}"


def files_of(image: Image) -> Iterator[Path]:
    """Everything in the image, as paths in it."""
    for path in image.root.rglob("*"):
        yield Path("/") / path.relative_to(image.root)
