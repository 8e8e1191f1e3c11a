"""Every alert system × every way in which sending to it may go, in both modes, over real sockets.

The run lists the result as a table (``tests/conftest.py``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from alert_rig import FAILED, Rig
from http_receiver import Receiver
from msgspec import Struct, field
from rollouts import DEFAULT, STRICT

from canarytui.cluster.client import Cluster
from canarytui.engine.alerts.services import SERVICES
from canarytui.engine.decide.tick import ControllerSettings

TOKEN = "t0ken-SECRET"
PATH = "p4th-SECRET"
Note = Callable[[str, object], None]


class System(Struct, frozen=True):
    """`host`: of an address that leads to the test's server by a proxy only, "" for the server's own."""

    type: str
    host: str = ""
    path: str = PATH
    query: str = ""

    @property
    def id(self) -> str:
        return f"{self.type}-{self.host}" if self.host else self.type

    @property
    def row(self) -> str:
        """Of the table at the end of the run."""
        return f"{self.type}, Workflows" if self.host else self.type

    def address(self, server: str) -> str:
        base = f"http://{self.host}/hook" if self.host else server
        return f"{base}/{PATH}"


SYSTEMS = [
    System("slack"),
    System("discord", path=f"{PATH}/slack"),
    System("rocket"),
    System("msteams"),
    System("msteams", host="prod-7.westeurope.logic.azure.com"),
    System("gchat"),
    System("pagerduty"),
]
FLAGGERS = [system for system in SYSTEMS if system.type != "pagerduty" and not system.host]
ALL = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.id)


class Case(Struct, frozen=True):
    """What the server does; how often it is asked, how long is waited in between, and what is logged ("" for nothing)
    by default and in Flagger's words."""

    statuses: list[int]
    asked: int
    said: str = ""
    flagger: str = ""
    pauses_s: tuple[float, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    column: str = ""
    """Of the table at the end of the run; "" for the first status' own."""

    @property
    def answer(self) -> str:
        return self.column or ("delivered" if self.statuses[0] < 300 else str(self.statuses[0]))


CASES = {
    "200": Case([200], 1),
    "202": Case([202], 1),
    "204": Case([204], 1),
    "302": Case(
        [302],
        1,
        "it answered 302, a redirect to https://elsewhere.test/…: set the address to where it leads",
        headers={"Location": "https://elsewhere.test/T0SECRET"},
    ),
    "302 to nowhere": Case([302], 1, "it answered 302: answer 302", "bad response 302: answer 302"),
    "400 with a body": Case([400], 1, "it answered 400: no_text", "bad response 400: no_text", body="no_text"),
    "401": Case([401], 1, "it answered 401: answer 401", "bad response 401: answer 401"),
    "403": Case([403], 1, "it answered 403: answer 403", "bad response 403: answer 403"),
    "404": Case([404], 1, "it answered 404: answer 404", "bad response 404: answer 404"),
    "429, then 200": Case([429, 200], 2, "", "bad response 429: answer 429", (7.0,), {"Retry-After": "7"}),
    "500, then 200": Case([500, 200], 2, "", "bad response 500: answer 500", (1.0,)),
    "503 twice, then 202": Case([503, 503, 202], 3, "", "bad response 503: answer 503", (1.0, 2.0)),
    "a page of HTML": Case([200], 1, body="<html>Sign in", column="malformed"),
    "half of a JSON": Case([200], 1, body='{"ok": fal', column="malformed"),
    "JSON of another form": Case([202], 1, body='[{"ok": false}, null]', column="malformed"),
    "no text": Case([200], 1, body="\x00\x1b[2J\ud7ff", column="malformed"),
}
OUTCOMES = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


async def provide(rig: Rig, chat: Receiver, system: System) -> None:
    """An AlertProvider of the system whose Secret has address and token."""
    server = await chat.start()
    spec: dict[str, Any] = {"type": system.type, "secretRef": {"name": "webhook"}}
    if system.host:
        spec["proxy"] = server
    rig.objects.provider(spec)
    rig.objects.secret({"address": system.address(server), "token": TOKEN})


def test_every_system_is_covered() -> None:
    assert {system.type for system in SYSTEMS} == set(SERVICES)


@ALL
@OUTCOMES
async def test_outcome(rig: Rig, chat: Receiver, system: System, case: Case, record_property: Note) -> None:
    chat.statuses, chat.headers, chat.body = case.statuses, case.headers, case.body
    await provide(rig, chat, system)
    await rig.tell(FAILED)
    assert len(chat.asked) == case.asked
    assert len({json.dumps(body) for _, body in chat.asked}) == 1, "another attempt sends the same"
    assert rig.pauses_s == list(case.pauses_s)
    assert [message.partition(" could not be sent: ")[2] for _, message, _ in rig.logged] == [case.said] * bool(
        case.said
    )
    for level, message, canary in rig.logged:
        assert (level, canary) == ("error", "promote.r1")
        assert message.startswith("alert to alert provider chat.r1 at http://")
        assert "SECRET" not in message
    record_property("alert system", (system.row, case.answer, "N"))


@pytest.mark.parametrize("system", FLAGGERS, ids=lambda system: system.id)
@pytest.mark.parametrize(
    "case", [case for name, case in CASES.items() if name != "302"], ids=[name for name in CASES if name != "302"]
)
async def test_outcome_as_with_flagger(rig: Rig, chat: Receiver, system: System, case: Case) -> None:
    chat.statuses, chat.headers, chat.body = case.statuses, case.headers, case.body
    await provide(rig, chat, system)
    await rig.tell(FAILED, settings=STRICT)
    assert len(chat.asked) == 1, "there is no second attempt"
    said = f"alert provider chat.r1 send error: postMessage failed: sending notification {case.flagger}"
    assert [message for _, message, _ in rig.logged] == [said] * bool(case.flagger)


@asynccontextmanager
async def no_http() -> AsyncIterator[str]:
    """A server that answers in another protocol; its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example.com ESMTP\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


@ALL
async def test_an_answer_that_is_not_http(rig: Rig, system: System, record_property: Note) -> None:
    """The message has arrived there, so there is no second attempt."""
    async with no_http() as server:
        spec = {"type": system.type, "secretRef": {"name": "webhook"}, **({"proxy": server} if system.host else {})}
        rig.objects.provider(spec)
        rig.objects.secret({"address": system.address(server), "token": TOKEN})
        await rig.tell(FAILED)
    [(level, message, _)] = rig.logged
    assert level == "error"
    assert message.partition(" could not be sent: ")[2].startswith("the connection failed (")
    assert "SECRET" not in message
    assert rig.pauses_s == []
    record_property("alert system", (system.row, "malformed", "N"))


@ALL
async def test_slow(cluster: Cluster, chat: Receiver, system: System, record_property: Note) -> None:
    """It may have arrived, so there is no second attempt."""
    rig = Rig(cluster, timeout_s=0.05)
    chat.hangs = True
    await provide(rig, chat, system)
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert message.endswith("could not be sent: no answer within 0.05 s")
    assert (len(chat.asked), rig.pauses_s) == (1, [])
    record_property("alert system", (system.row, "slow", "N"))


@pytest.mark.parametrize("system", FLAGGERS, ids=lambda system: system.id)
async def test_slow_as_with_flagger(cluster: Cluster, chat: Receiver, system: System) -> None:
    rig = Rig(cluster, timeout_s=0.05)
    chat.hangs = True
    await provide(rig, chat, system)
    await rig.tell(FAILED, settings=STRICT)
    [(_, message, _)] = rig.logged
    assert message.startswith("alert provider chat.r1 send error: postMessage failed: sending notification failed to")
    assert message.endswith('": context deadline exceeded')


@ALL
@pytest.mark.parametrize(
    "address", ["hooks.example.com/1", "not a url", "ftp://hooks.example.com", "http://[", "http://h:x"]
)
async def test_malformed_address(rig: Rig, system: System, address: str) -> None:
    rig.objects.provider({"type": system.type, "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": address, "token": TOKEN})
    await rig.tell(FAILED)
    [(_, message, _)] = rig.logged
    assert message == "alert provider chat.r1 error: its address is not an http:// or https:// URL"


@pytest.mark.parametrize(
    ("type_", "title"),
    [
        ("slack", "Slack hook"),
        ("discord", "Discord hook"),
        ("rocket", "Rocket hook"),
        ("msteams", "MS Teams webhook"),
        ("gchat", "Google Chat webhook"),
    ],
)
async def test_malformed_address_as_with_flagger(rig: Rig, type_: str, title: str) -> None:
    rig.objects.provider({"type": type_, "address": "not a url"})
    await rig.tell(FAILED, settings=STRICT)
    assert [message for _, message, _ in rig.logged] == [f"alert provider chat.r1 error: invalid {title} URL not a url"]


@ALL
@pytest.mark.parametrize("settings", [DEFAULT, STRICT], ids=["default", "strict"])
async def test_no_secret(rig: Rig, system: System, settings: ControllerSettings, record_property: Note) -> None:
    rig.objects.provider({"type": system.type, "secretRef": {"name": "webhook"}})
    await rig.tell(FAILED, settings=settings)
    [(_, message, _)] = rig.logged
    assert message == 'alert provider chat.r1 secretRef error: secrets "webhook" not found'
    record_property("alert system", (system.row, "no-secret", "N"))


@pytest.mark.parametrize("system", FLAGGERS, ids=lambda system: system.id)
async def test_secret_without_an_address(rig: Rig, system: System) -> None:
    rig.objects.provider({"type": system.type, "secretRef": {"name": "webhook"}})
    rig.objects.secret({"token": TOKEN})
    await rig.tell(FAILED)
    await rig.tell(FAILED, settings=STRICT)
    assert [message for _, message, _ in rig.logged] == [
        "alert provider chat.r1 secret webhook does not contain an address",
        "alert provider chat.r1 secret does not contain an address",
    ]


@pytest.mark.parametrize("system", FLAGGERS, ids=lambda system: system.id)
async def test_secret_with_an_empty_address(rig: Rig, system: System) -> None:
    """Flagger says nothing, and sends nothing."""
    rig.objects.provider({"type": system.type, "secretRef": {"name": "webhook"}})
    rig.objects.secret({"address": ""})
    await rig.tell(FAILED, settings=STRICT)
    assert rig.logged == []
    await rig.tell(FAILED)
    assert [message for _, message, _ in rig.logged] == [
        "alert provider chat.r1 secret webhook does not contain an address"
    ]


@ALL
async def test_token(rig: Rig, chat: Receiver, system: System) -> None:
    """Only Slack takes it as a header and PagerDuty as its key; nobody else gets it."""
    await provide(rig, chat, system)
    await rig.tell(FAILED)
    [(headers, body)] = chat.asked
    assert headers.get("Authorization") == (f"Bearer {TOKEN}" if system.type == "slack" else None)
    assert body.get("routing_key") == (TOKEN if system.type == "pagerduty" else None)
    if system.type != "pagerduty":
        assert TOKEN not in json.dumps(body)
    [asked] = chat.paths
    assert system.path in asked
    assert TOKEN not in asked


@pytest.mark.parametrize("system", FLAGGERS, ids=lambda system: system.id)
async def test_token_as_with_flagger(rig: Rig, chat: Receiver, system: System) -> None:
    await provide(rig, chat, system)
    await rig.tell(FAILED, settings=STRICT)
    [(headers, body)] = chat.asked
    assert headers.get("Authorization") == (f"Bearer {TOKEN}" if system.type == "slack" else None)
    assert TOKEN not in json.dumps(body)
