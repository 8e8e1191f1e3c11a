"""Loopback services that stand for clouds, in an environment without anybody's credentials."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cloudwatch_service import KEY, SECRET
from loopback_service import LoopbackService, loopback_service

from canarytui.metrics.providers.stackdriver import StackdriverProvider


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
async def cloudwatch_service(aws_environment: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackService]:
    async with loopback_service() as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", made.address)
        yield made


@pytest.fixture
def google_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("GOOGLE_", "GCE_", "CLOUDSDK_", "GCLOUD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.fixture
async def stackdriver_service(
    google_environment: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LoopbackService]:
    async with loopback_service() as made:
        monkeypatch.setattr(StackdriverProvider, "default_address", made.address)
        yield made
