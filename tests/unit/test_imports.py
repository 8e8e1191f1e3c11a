"""No module of the package imports itself in a circle: not at the top, not inside a function, not for types only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import canarytui

PACKAGE = Path(canarytui.__path__[0])

Imports = dict[str, set[str]]


def imports_of(root: Path) -> Imports:
    """Module → the modules of the package at `root` that it imports, wherever in its text."""
    modules = {_name(path, root): path for path in root.rglob("*.py")}
    return {name: _imported(path, name, modules) - {name} for name, path in modules.items()}


def _name(path: Path, root: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, name: str, modules: dict[str, Path]) -> set[str]:
    wanted: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            wanted.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            for _ in range(node.level - 1):
                package = package.rpartition(".")[0]
            origin = ".".join(filter(None, (package, node.module))) if node.level else node.module or ""
            submodules = {f"{origin}.{alias.name}" for alias in node.names}
            wanted |= (submodules & modules.keys()) or {origin}
            if not submodules <= modules.keys():
                wanted.add(origin)
    return {module for module in wanted if module in modules}


def circles(imports: Imports) -> set[frozenset[str]]:
    """The sets of modules each of which can be reached from each other (Tarjan's algorithm)."""
    found: set[frozenset[str]] = set()
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for other in sorted(imports[module]):
            if other not in order:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], order[other])
        if lowest[module] == order[module]:
            start = stack.index(module)
            members = frozenset(stack[start:])
            del stack[start:]
            if len(members) > 1:
                found.add(members)

    for module in sorted(imports):
        if module not in order:
            visit(module)
    return found


def test_no_circle_in_the_package() -> None:
    new = circles(imports_of(PACKAGE))
    assert not new, "\n".join(", ".join(sorted(circle)) for circle in sorted(new, key=sorted))


def test_screens_do_not_import_the_app() -> None:
    app = "canarytui.console.app"
    users = {name for name, imported in imports_of(PACKAGE).items() if app in imported}
    assert users == {
        "canarytui.console.pictures.recording",
        "canarytui.console.pictures.stills",
        "canarytui.console.wall.app",
        "canarytui.cli.console",
    }


@pytest.mark.parametrize(
    "line",
    [
        "from package.one import One",
        "import package.one",
        "from package import one",
        "from .one import One",
        "from . import one",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from package.one import One",
        "def late():\n    from package.one import One",
    ],
)
def test_a_circle_is_found_however_it_is_imported(tmp_path: Path, line: str) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "one.py").write_text("from package.two import Two")
    (package / "two.py").write_text("from package.three import Three")
    (package / "three.py").write_text(line)
    (package / "four.py").write_text("import package.one")
    members = {"package.one", "package.two", "package.three"}
    assert circles(imports_of(package)) == {frozenset(members)}
