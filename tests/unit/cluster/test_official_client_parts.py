"""The official client's packages are the genuine ones, whose other parts are imported when somebody asks for them."""

from __future__ import annotations

import subprocess
import sys


def fresh(code: str) -> list[str]:
    """What is printed by a Python of its own: this one has imported everything."""
    code = f"import sys, canarytui.cluster.official_client\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def test_other_parts_are_not_imported() -> None:
    names = ("requests", "pydantic", "kubernetes.config", "kubernetes.client", "kubernetes.aio.client.api_client")
    assert fresh(f"print([name for name in {names!r} if name in sys.modules])") == ["[]"]


def test_a_submodule_is_imported_alone_when_it_is_asked_for() -> None:
    code = "import kubernetes\nprint(kubernetes.aio.client.V1Lease.__name__, 'kubernetes.config' in sys.modules)"
    assert fresh(code) == ["V1Lease False"]


def test_what_only_the_package_defines_runs_its_init() -> None:
    code = """
import kubernetes
from importlib.metadata import version
print(kubernetes.__version__ == version('kubernetes'), kubernetes.__spec__.origin == kubernetes.__file__)
print('kubernetes.config' in sys.modules, kubernetes.config.load_kube_config.__module__)
try:
    kubernetes.nothing
except AttributeError as error:
    print(error)
"""
    assert fresh(code) == [
        "True True",
        "True kubernetes.config.kube_config",
        "module 'kubernetes' has no attribute 'nothing'",
    ]


def test_once_imported_by_others_it_is_left_alone() -> None:
    code = "import kubernetes as before\nimport canarytui.cluster.official_client\nprint(before.config.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "kubernetes.config\n"
