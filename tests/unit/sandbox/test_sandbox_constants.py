"""The sandbox's version is its distribution's."""

from __future__ import annotations

import importlib.metadata

import pytest

from canarytui.sandbox.constants import version


def test_the_version_is_the_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert version() == importlib.metadata.version("canarytui")

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert version() == "0.0.0"
