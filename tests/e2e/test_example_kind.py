"""What a new kind costs: one record. The real kubectl finds, lists, applies, scales and validates it."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from aiohttp.test_utils import TestServer

from canarytui.sandbox.apiserver.access.users import MASTERS, user
from canarytui.sandbox.apiserver.api import Api
from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.http.server import make_app
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds import BUILTIN_KINDS
from canarytui.sandbox.apiserver.types.printing import Printer, age_of, columns
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.strategy import GenerationStrategy

pytestmark = pytest.mark.e2e


class TurbineStrategy(GenerationStrategy):
    """Two blades unless told otherwise; at least one."""

    def default(self, obj: dict[str, Any]) -> None:
        obj.setdefault("spec", {}).setdefault("replicas", 2)

    def validate(self, obj: dict[str, Any]) -> list[Cause]:
        return problems.too_small("spec.replicas", obj["spec"]["replicas"], 1)


def cells(obj: Any, now: datetime) -> list[Any]:
    spec = obj["spec"]
    return [spec["replicas"], age_of(obj, now), spec.get("site", "")]


TURBINE = ResourceKind(
    name="Turbine",
    plural="turbines",
    group="example.com",
    short_names=("tb",),
    categories=("all",),
    subresources=frozenset({"status", "scale"}),
    strategy=TurbineStrategy,
    printer=Printer(columns("#Blades|Age", "Site"), cells),
    selectable_fields=("spec.site",),
)

Kubectl = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def kubectl(tmp_path: Path, kubectl_path: str) -> AsyncIterator[Kubectl]:
    """kubectl against an API server that has the record above besides its own."""
    api = Api(registry=Registry((*BUILTIN_KINDS, TURBINE)))
    api.create(api.registry.find("", "namespaces"), None, {"metadata": {"name": "default"}})
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)  # kubectl sends tokens to https only
    server = TestServer(make_app(api, users={"token": user("root", MASTERS)}, secret="secret"), scheme="https")
    await server.start_server(ssl=tls)
    ca = base64.b64encode(authority.cert_pem.bytes()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": str(server.make_url("")), "certificate-authority-data": ca}}],
        "users": [{"name": "u", "user": {"token": "token"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    environment = {**os.environ, "KUBECONFIG": str(tmp_path / "kubeconfig"), "HOME": str(tmp_path)}

    async def run(arguments: str, given: Any = None) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            kubectl_path,
            *arguments.split(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        out, err = await process.communicate(json.dumps(given).encode())
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    yield run
    await server.close()


def turbine(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Turbine", "metadata": {"name": "north"}, "spec": spec}


async def test_a_record_is_all_that_a_kind_needs(kubectl: Kubectl) -> None:
    assert await kubectl("apply -f -", turbine(site="pier")) == (0, "turbine.example.com/north created\n", "")
    _, listed, _ = await kubectl("get tb")
    assert [line.split()[:2] for line in listed.splitlines()] == [["NAME", "BLADES"], ["north", "2"]]
    _, wide, _ = await kubectl("get turbines -o wide")
    header, row = wide.splitlines()
    assert (header.split()[-1], row.split()[-1]) == ("SITE", "pier")
    _, everything, _ = await kubectl("get all --no-headers")
    assert everything.startswith("turbine.example.com/north")
    _, elsewhere, why = await kubectl("get tb --field-selector spec.site=moor")
    assert (elsewhere, why) == ("", "No resources found in default namespace.\n")


async def test_what_the_record_s_rules_refuse_kubectl_shows(kubectl: Kubectl) -> None:
    code, out, err = await kubectl("apply -f -", turbine(replicas=0))
    assert (code, out) == (1, "")
    assert 'The Turbine "north" is invalid: spec.replicas: Invalid value: 0: must be greater than or equal to 1' in err
    await kubectl("apply -f -", turbine())
    assert await kubectl("scale turbine north --replicas=5") == (0, "turbine.example.com/north scaled\n", "")
    _, read, _ = await kubectl("get turbine north -o json")
    assert (json.loads(read)["spec"], json.loads(read)["metadata"]["generation"]) == ({"replicas": 5}, 2)


async def test_who_creates_a_workload_that_nothing_runs_is_warned(kubectl: Kubectl) -> None:
    code, out, err = await kubectl("create job once --image=busybox -- date")
    assert (code, out) == (0, "job.batch/once created\n")
    assert err == "Warning: the sandbox stores jobs.batch but runs no controller for them: no pods will be created\n"
    _, listed, _ = await kubectl("get jobs --no-headers")
    assert listed.split()[0] == "once"
