"""Google Cloud Monitoring: requests and their token, a service account's key or the environment's credentials."""

from __future__ import annotations

import base64
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from loopback_service import LoopbackService, Scripted, loopback_service
from stackdriver_service import (
    EMAIL,
    KEY,
    MQL,
    PEM,
    PRIVATE,
    PROMQL,
    as_json,
    failed,
    google_error,
    provider,
    series,
    vector,
)

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.stackdriver import HOST, SCOPE, StackdriverProvider

pytestmark = pytest.mark.usefixtures("google_environment")


def claims_of(authorization: str) -> dict[str, Any]:
    """Of a token that the service account's key has signed."""
    kind, _, token = authorization.partition(" ")
    assert kind == "Bearer"
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    PRIVATE.public_key().verify(raw, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return dict(json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "==")))


async def test_the_requests_and_their_token(lone_cluster: Cluster, stackdriver_service: LoopbackService) -> None:
    stackdriver_service.will_answer(vector("1"))
    made = provider(lone_cluster, credentials={"project": "demo:a/b", "serviceAccountKey": KEY})
    await made.query(PROMQL)
    stackdriver_service.answers = [series({"doubleValue": 1})]
    await made.query(MQL)
    await provider(lone_cluster, strict=True).query(PROMQL)
    first, second, third = stackdriver_service.asked
    assert (first.method, first.path) == ("GET", "/v1/projects/demo:a/b/location/global/prometheus/api/v1/query")
    assert first.parameters == {"query": PROMQL}
    assert (second.method, second.path) == ("POST", "/v3/projects/demo:a/b/timeSeries:query")
    assert (json.loads(second.body), json.loads(third.body)) == ({"query": MQL}, {"query": PROMQL})
    assert third.path == "/v3/projects/demo/timeSeries:query"
    claims = claims_of(first.headers["Authorization"])
    assert (claims["iss"], claims["sub"], claims["scope"]) == (EMAIL, EMAIL, SCOPE)
    assert first.headers["Authorization"] == second.headers["Authorization"], "a token is kept while it is good"


async def test_an_address_of_the_template_gets_no_token(lone_cluster: Cluster) -> None:
    async with loopback_service() as foreign:
        made = provider(lone_cluster, address=foreign.address)
        assert made.address == HOST
        assert foreign.asked == []


@pytest.mark.parametrize(
    ("text", "is_mql"),
    [(MQL, True), ("\n fetch gce_instance", True), ("{ fetch a; fetch b } | join", True), ("def @x = 1;", True),
     (PROMQL, False), ("fetch_total", False), ("rate(fetch[1m])", False), ('{__name__="fetch"}', False)],
)  # fmt: skip
def test_what_mql_is(lone_cluster: Cluster, text: str, is_mql: bool) -> None:
    assert provider(lone_cluster)._is_mql(text) is is_mql


async def test_the_metadata_server(lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workload identity: no Secret, and Google tells project and token."""
    async with loopback_service() as metadata, loopback_service() as service:
        host = metadata.address.removeprefix("http://")
        monkeypatch.setenv("GCE_METADATA_IP", host)
        monkeypatch.setattr("google.auth.compute_engine._metadata._GCE_METADATA_HOST", host)  # read when imported
        monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", False)
        monkeypatch.setattr(StackdriverProvider, "default_address", service.address)
        google = {"Metadata-Flavor": "Google", "Content-Type": "application/json"}
        answers = {
            "token": as_json({"access_token": "from-metadata", "expires_in": 3600, "token_type": "Bearer"}, **google),
            "": as_json({"email": EMAIL, "scopes": [SCOPE]}, **google),
            "project-id": Scripted(body=b"found-project", headers={"Metadata-Flavor": "Google"}),
        }
        metadata.by_path = lambda path: answers.get(path.rpartition("/")[2], answers["project-id"])
        service.will_answer(vector("3"))
        assert await provider(lone_cluster, credentials={}).query(PROMQL) == Value(3)
        assert service.asked[0].path.startswith("/v1/projects/found-project/")
        assert service.asked[0].headers["Authorization"] == "Bearer from-metadata"


async def test_a_key_file_of_the_environment(
    lone_cluster: Cluster, stackdriver_service: LoopbackService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key.json").write_text("{}")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    said = str(await provider(lone_cluster, credentials={"project": "demo"}).query(PROMQL))
    assert said == "error requesting stackdriver: no Google credentials: DefaultCredentialsError"
    assert stackdriver_service.asked == []


@pytest.mark.parametrize(
    "key",
    ["{", "[]", "{}", KEY.replace("PRIVATE KEY", "PUBLIC KEY"), KEY.replace("MII", "XXX")],
    ids=["no JSON", "no object", "empty", "a public key", "broken"],
)
async def test_a_bad_key_is_told_without_its_text(
    lone_cluster: Cluster, stackdriver_service: LoopbackService, key: str
) -> None:
    made = provider(lone_cluster, credentials={"project": "demo", "serviceAccountKey": key})
    for said in (str(await made.query(PROMQL)), (await made.is_online()).problem):
        assert said.startswith("error requesting stackdriver: serviceAccountKey is not a service account's key (")
        assert not any(line in said for line in PEM.splitlines())
    assert stackdriver_service.asked == []


async def test_without_google_auth_it_says_what_to_install(
    lone_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "google.auth.transport.requests", None)
    said = "google-auth is not installed: pip install 'canarytui[stackdriver]'"
    assert await provider(lone_cluster).query(PROMQL) == failed(said)


async def test_no_message_shows_a_secret(
    lone_cluster: Cluster, stackdriver_service: LoopbackService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = provider(lone_cluster)
    token = (await made._access()).token
    line = PEM.splitlines()[3]
    said = [repr(made.spec)]
    for answer in (google_error(401, "UNAUTHENTICATED", f"{token} {line}"), Scripted(500, f"{token} {line}".encode())):
        for query in (MQL, PROMQL):
            stackdriver_service.will_answer(answer)
            said += [str(await made.query(query)), (await made.is_online()).problem]
    everything = " ".join((*said, caplog.text))
    assert token not in everything
    assert line not in everything
    assert "…" in said[1]


@pytest.mark.parametrize(
    ("credentials", "error"),
    [
        (None, ""),
        ({"project": "demo"}, ""),
        ({"serviceAccountKey": KEY}, "stackdriver credentials does not contain a project id"),
    ],
)
def test_what_the_secret_must_have(credentials: dict[str, str] | None, error: str) -> None:
    assert StackdriverProvider.configuration_error(ProviderSpec("stackdriver", credentials=credentials)) == error
