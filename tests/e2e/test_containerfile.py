"""The Containerfile's own steps, and the controller that they install: as nobody, on a read-only root filesystem."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from image_build import Image, build, files_of, instructions
from live_api import LiveApi
from packaging.utils import canonicalize_name

from canarytui import __version__
from canarytui.engine.install.objects import InstallOptions, arguments, objects

ROOT = Path(__file__).parents[2]
WHEELS = ROOT / ".ci" / "wheels"
USER = 65532
READY_S = 30.0

_AS_NOBODY = """\
exec setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""
# In a mount namespace of its own: all is read-only but /tmp of the image.
_READ_ONLY = """\
mount --bind "$0" "$0"
mount -t tmpfs -o mode=1777,size=16m tmpfs "$0/tmp"
mount -o remount,bind,ro "$0"
mount -o remount,bind,ro /
"""
_INSTALLER = re.compile(r"(pip|pip3|ensurepip|setuptools|hatchling|uv)(-.*\.dist-info)?")
_PROBE = """\
import json, os, sys
def writes(folder):
    try:
        with open(os.path.join(folder, "probe"), "w"):
            return True
    except OSError:
        return False
print(json.dumps({"uid": os.getuid(), "writes": [each for each in sys.argv[1:] if writes(each)]}))
"""


@pytest.fixture
def image() -> Iterator[Image]:
    """The image, in a folder that everybody may enter, as a root filesystem is."""
    assert (WHEELS / "stamp").exists(), "no wheels in .ci/wheels: .ci/download gets them"
    with tempfile.TemporaryDirectory(prefix="canarytui-image-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield build(ROOT, Path(folder), WHEELS)
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


def contained(image: Image, *command: str) -> tuple[list[str], dict[str, str]]:
    """A command line, and its environment, that runs `command` as a container of the image would be run.

    Where this user may not mount, the tree is without write permission instead; who is not root stays who they are.
    """
    env = {name: image.below(value) for name, value in image.env.items()}
    env["LD_LIBRARY_PATH"] = image.below("/usr/local/lib")  # the image's ld.so.cache has it
    program = shutil.which(command[0], path=env["PATH"])
    assert program, f"{command[0]} is not on the image's PATH {env['PATH']}"
    if os.geteuid() != 0:
        subprocess.run(["chmod", "-R", "a-w", str(image.root)], check=True)
        (image.root / "tmp").chmod(0o1777)
        return [program, *command[1:]], env
    # The shell needs the PATH of this machine, and the program that of the image.
    inner = ["env", "-i", *(f"{name}={value}" for name, value in env.items()), program, *command[1:]]
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        return ["sh", "-ec", _AS_NOBODY, str(image.root), *inner], dict(os.environ)
    return ["unshare", "-m", "sh", "-ec", _READ_ONLY + _AS_NOBODY, str(image.root), *inner], dict(os.environ)


def run(image: Image, *command: str) -> str:
    line, env = contained(image, *command)
    done = subprocess.run(line, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_its_steps_make_an_image_whose_controller_gets_ready(image: Image, tmp_path: Path) -> None:
    """One test, because the image is made once: it takes most of the time."""
    # As nobody, and nothing but /tmp can be written.
    folders = [str(image.root / each) for each in ("", "opt/canarytui", "usr/local/lib", "tmp")]
    seen = json.loads(await asyncio.to_thread(run, image, "python3", "-c", _PROBE, *folders))
    assert seen == {"uid": USER if os.geteuid() == 0 else os.geteuid(), "writes": [str(image.root / "tmp")]}

    # Its user and its command are those of the Deployment.
    [deployment] = [each for each in objects(InstallOptions()) if each["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    assert image.user == f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"
    assert image.entrypoint + image.command == pod["containers"][0]["command"]
    assert image.env["HOME"] == image.workdir == pod["containers"][0]["volumeMounts"][0]["mountPath"]

    # Nothing that installs packages is left, and nothing of the build.
    found = list(files_of(image))
    assert Path("/opt/canarytui/bin/canarytui") in found
    assert [each for each in found if _INSTALLER.fullmatch(each.name) or each.suffix == ".whl"] == []
    assert {each.parts[1] for each in found} == {"opt", "usr", "tmp"}

    # The locked packages, in the locked versions, and no others.
    assert installed(image) == {**locked(), "canarytui": __version__}

    # Other commands run in it, too.
    assert __version__ in await asyncio.to_thread(run, image, *image.entrypoint, "--version")
    assert "kind: Deployment" in await asyncio.to_thread(run, image, *image.entrypoint, "install", "--print")

    await _controller_gets_ready(image, tmp_path)


def test_the_build_may_see_what_the_containerfile_copies() -> None:
    lines = (ROOT / ".containerignore").read_text().splitlines()
    assert "*" in lines
    seen = {line[1:] for line in lines if line.startswith("!")}
    steps = [rest.split()[:-1] for name, rest in instructions(ROOT / "Containerfile") if name == "COPY"]
    copied = {source for sources in steps if not sources[0].startswith("--from=") for source in sources}
    assert copied == seen
    assert [each for each in copied if not (ROOT / each).exists()] == []


async def _controller_gets_ready(image: Image, tmp_path: Path) -> None:
    """With the Deployment's own flags, against an API server; it leads, and ends by SIGTERM."""
    api = LiveApi(tmp_path)
    await api.start()
    api.install_crds()
    api.create("namespaces", {"metadata": {"name": "canarytui-system"}}, None)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kubeconfig = image.root / "kubeconfig"
    kubeconfig.write_text(api.kubeconfig("one").read_text())
    kubeconfig.chmod(0o644)
    flags = [*arguments(InstallOptions()), f"-kubeconfig={kubeconfig}", f"-port={port}"]
    image.env["CANARYTUI_CREDENTIALS_OVER_HTTP"] = "1"  # the API server of the test speaks plain http
    line, env = contained(image, *image.entrypoint, *image.command, *flags)
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        controller = await asyncio.create_subprocess_exec(*line, env=env, stderr=stderr, cwd="/")
    try:
        async with asyncio.timeout(READY_S):
            while await health(port) != 200:
                assert controller.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        await api.until("it leads", lambda: api.find("leases.coordination.k8s.io", "canarytui-leader-election",
                                                     "canarytui-system"))  # fmt: skip
        assert user_of(controller.pid) == (USER if os.geteuid() == 0 else os.geteuid())
        controller.send_signal(signal.SIGTERM)
        async with asyncio.timeout(READY_S):
            assert await controller.wait() == 0, log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        if controller.returncode is None:
            controller.kill()
            await controller.wait()
        await api.stop()


def installed(image: Image) -> dict[str, str]:
    """Versions of the distributions in the image, by name."""
    [packages] = (image.root / "opt/canarytui/lib").glob("python3.*/site-packages")
    found = (path.name.removesuffix(".dist-info").rsplit("-", 1) for path in packages.glob("*.dist-info"))
    return {canonicalize_name(name): version for name, version in found}


def locked() -> dict[str, str]:
    """Versions of the runtime's lock, by name."""
    lock = (ROOT / ".ci" / "requirements-runtime.lock").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", lock, re.M))


def user_of(pid: int) -> int:
    """The user id that a process runs as."""
    return Path(f"/proc/{pid}").stat().st_uid


async def health(port: int) -> int:
    """The status of /healthz, 0 while nobody listens."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/healthz") as answer,
        ):
            return answer.status
    except aiohttp.ClientError:
        return 0
