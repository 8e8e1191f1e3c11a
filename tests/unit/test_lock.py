"""The lock of the dependencies: it fits pyproject.toml, and nothing in it is without a hash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)(?P<rest>(?:.*\\\n)(?: +--hash=.*\n)+)?", re.M)


def locked(lock: str = "requirements.lock") -> dict[str, tuple[Version, int]]:
    """(version, number of hashes) by name."""
    text = (ROOT / ".ci" / lock).read_text()
    return {
        canonicalize_name(entry["name"]): (Version(entry["version"]), (entry["rest"] or "").count("--hash=sha256:"))
        for entry in ENTRY.finditer(text)
    }


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    texts = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["test"],
        *project["build-system"]["requires"],
        "editables",
    ]
    return [Requirement(text) for text in texts]


def test_everything_that_pyproject_names_is_locked_in_a_version_that_fits() -> None:
    found = locked()
    wrong = [
        str(each)
        for each in wanted()
        if canonicalize_name(each.name) not in found or found[canonicalize_name(each.name)][0] not in each.specifier
    ]
    assert wrong == [], "run .ci/lock"


@pytest.mark.parametrize(
    ("lock", "section"),
    [
        ("requirements-runtime.lock", ("project", "dependencies")),
        ("requirements-build.lock", ("build-system", "requires")),
    ],
)
def test_the_containerfiles_locks_have_what_is_wanted_in_the_versions_that_are_tested(
    lock: str, section: tuple[str, str]
) -> None:
    everything, found = locked(), locked(lock)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {canonicalize_name(Requirement(text).name) for text in project[section[0]][section[1]]}
    assert wanted <= set(found), "run .ci/lock"
    assert {name: each for name, each in found.items() if everything.get(name) != each} == {}, "run .ci/lock"
    assert "pytest" not in found


def test_every_package_has_its_hashes() -> None:
    found = locked()
    assert len(found) > 50
    assert [name for name, (_, hashes) in found.items() if not hashes] == []


def test_ci_installs_the_lock_by_hash_before_the_readmes_command_and_allows_no_index_after_it() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    by_hash = text.index("--require-hashes --only-binary :all: -r .ci/requirements.lock")
    no_index = text.index("export PIP_NO_INDEX=1")
    assert by_hash < no_index < text.index('bash -euo pipefail -c "$command"')
