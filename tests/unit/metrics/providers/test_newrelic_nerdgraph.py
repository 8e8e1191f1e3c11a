"""New Relic by NerdGraph: when it is asked instead of Insights, where, and with what."""

from __future__ import annotations

import json

import pytest
from scripted_service import Scripted, scripted

from canarytui.cluster.client import Cluster
from canarytui.metrics.answers import Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.newrelic import NewRelicProvider

ACCOUNT = {"newrelic_account_id": " 1234567\n"}
USER, QUERY = {"newrelic_user_key": "NRAK-1\n"}, {"newrelic_query_key": "q"}
ANSWER = {"data": {"actor": {"account": {"nrql": {"results": [{"percentage": 1.5}]}}}}}


@pytest.mark.parametrize(
    ("credentials", "address", "strict", "asked_at"),
    [
        (USER, "", False, "https://api.newrelic.com/graphql"),
        (USER | QUERY, "", False, "https://api.newrelic.com/graphql"),
        (USER, "https://api.eu.newrelic.com", False, "https://api.eu.newrelic.com/graphql"),
        (USER, "https://api.eu.newrelic.com/graphql/", False, "https://api.eu.newrelic.com/graphql"),
        (USER | QUERY, "https://insights-api.eu.newrelic.com", False, "https://insights-api.eu.newrelic.com"),
        (USER | QUERY, "", True, "https://insights-api.newrelic.com"),
        (QUERY, "", False, "https://insights-api.newrelic.com"),
    ],
)
def test_the_secret_and_the_address_choose(
    lone_cluster: Cluster, credentials: dict[str, str], address: str, strict: bool, asked_at: str
) -> None:
    spec = ProviderSpec("newrelic", address, credentials=ACCOUNT | credentials, interval="1m", strict=strict)
    assert NewRelicProvider.configuration_error(spec) == ""
    assert NewRelicProvider(lone_cluster, spec).address == asked_at


async def test_what_nerdgraph_is_asked(lone_cluster: Cluster) -> None:
    async with scripted() as service:
        service.script = Scripted(ANSWER)
        spec = ProviderSpec("newrelic", service.address, credentials=ACCOUNT | USER, interval="90s")
        provider = NewRelicProvider(lone_cluster, spec)
        assert await provider.query("SELECT percentage(count(*), WHERE a) FROM Metric") == Value(1.5)
        assert await provider.is_online()
    query, online = service.asked
    assert (query.method, query.path) == ("POST", "/graphql")
    assert query.headers["API-Key"] == "NRAK-1"
    assert query.headers["Content-Type"] == "application/json"
    body = json.loads(query.body)
    nrql = "SELECT percentage(count(*), WHERE a) FROM Metric SINCE 90 seconds ago"
    assert body["variables"] == {"account": 1234567, "nrql": nrql}
    assert "actor { account(id: $account) { nrql(query: $nrql" in body["query"]
    assert json.loads(online.body)["variables"]["nrql"] == "SELECT * FROM Metric SINCE 90 seconds ago"
