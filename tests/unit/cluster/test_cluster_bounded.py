"""Answers that are too large, coded in bad faith or without an end, over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from scripted_api import ScriptedApi, canary, kubeconfig_text, until

from canarytui.cluster import reflector
from canarytui.cluster.bounded_responses import KIB, MIB
from canarytui.cluster.client import Cluster, ClusterTarget, connect
from canarytui.cluster.reflector import Reflector
from canarytui.cluster.resources import CANARIES
from canarytui.cluster.service_http import ProviderUnreachable, fetch
from canarytui.cluster.store import ObjectStore
from canarytui.errors import AnswerTooLarge, ApiStatusError, ClusterUnreachable

TEXT = json.dumps({"kind": "Canary", "filler": "ab" * 5000}).encode()
_ZEROS = bytes(16 * MIB)


class Answers:
    """A server whose next answer is `pieces` with `headers`; `sent` counts what it could send."""

    def __init__(self) -> None:
        self.url = ""
        self.headers: dict[str, str] = {}
        self.status = 200
        self.pieces: Any = ()
        self.sent = 0
        self.accepted: list[str] = []
        self.ended = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.accepted.append(request.headers.get("Accept-Encoding", ""))
        response = web.StreamResponse(status=self.status, headers=self.headers)
        await response.prepare(request)
        try:
            for piece in self.pieces:
                await response.write(piece)
                self.sent += len(piece)
        finally:
            self.ended.set()
        return response


@pytest_asyncio.fixture
async def answers() -> AsyncIterator[Answers]:
    made = Answers()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = "http://{}:{}".format(*runner.addresses[0][:2])
    yield made
    await runner.cleanup()


@pytest_asyncio.fixture
async def client(answers: Answers, tmp_path: Path) -> AsyncIterator[Cluster]:
    (tmp_path / "bounded").write_text(kubeconfig_text(answers.url))
    made = await connect(ClusterTarget(kubeconfig=str(tmp_path / "bounded")))
    yield made
    await made.close()


def bomb(wbits: int) -> Iterator[bytes]:
    """A gigabyte of zeros."""
    engine = zlib.compressobj(6, zlib.DEFLATED, wbits)
    yield engine.compress(_ZEROS) + engine.flush(zlib.Z_FULL_FLUSH)
    block = zlib.compressobj(6, zlib.DEFLATED, -15)
    again = block.compress(_ZEROS) + block.flush(zlib.Z_FULL_FLUSH)
    for _ in range(63):
        yield again


def raw(data: bytes) -> bytes:
    """Deflate without zlib's header, as some servers send it."""
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw(TEXT)),
    ],
    ids=["plain", "identity", "gzip", "upper case", "two members", "deflate", "raw deflate"],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_every_coding_that_is_asked_for_is_undone(
    answers: Answers, client: Cluster, coding: str, data: bytes, size: int
) -> None:
    answers.headers = {"Content-Encoding": coding} if coding else {}
    answers.pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert await client.request("GET", "/x") == json.loads(TEXT)
    answers.pieces = [data]
    assert await fetch(client, "GET", answers.url) == (200, TEXT)
    assert set(answers.accepted) == {"gzip, deflate"}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw"])
@pytest.mark.parametrize("length", [65_535, 65_536, 65_537, 131_072, 200_000])
async def test_nothing_is_left_in_the_decoder(answers: Answers, client: Cluster, coding: str, length: int) -> None:
    data = b"ab" * (length // 2) + b"c" * (length % 2)
    coded = {"gzip": gzip.compress, "deflate": zlib.compress, "raw": raw}[coding](data)
    answers.headers = {"Content-Encoding": "gzip" if coding == "gzip" else "deflate"}
    for answers.pieces in ([coded], [coded[:-1], coded[-1:]], [coded[at : at + 1] for at in range(len(coded))]):
        assert await fetch(client, "GET", answers.url) == (200, data)


@pytest.mark.parametrize(
    ("coding", "data", "phrase"),
    [
        ("gzip", gzip.compress(TEXT)[:-20], "broke off in the middle of its content coding"),
        ("gzip", b"no gzip at all", "sent it in a content coding that is damaged"),
        ("gzip", gzip.compress(TEXT) + b"rest", "sent it in a content coding that is damaged"),
        ("br", b"\x0b\x02\x80abc\x03", "sent it in the content coding 'br', which was not asked for"),
    ],
    ids=["cut", "none", "followed", "unasked"],
)
async def test_a_coding_in_bad_faith_is_one_sentence(
    answers: Answers, client: Cluster, coding: str, data: bytes, phrase: str
) -> None:
    answers.headers, answers.pieces = {"Content-Encoding": coding}, [data]
    with pytest.raises(AnswerTooLarge, match=phrase):
        await client.request("GET", "/x")
    with pytest.raises(ProviderUnreachable, match=f"^{answers.url}/… {phrase}$"):
        await fetch(client, "GET", f"{answers.url}/path?token=1")


@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
async def test_what_is_taken_in_is_bounded_however_much_is_sent(answers: Answers, client: Cluster, coding: str) -> None:
    def pieces() -> Iterator[bytes]:
        return bomb(31 if coding == "gzip" else 15) if coding else iter([b" " * MIB] * 1024)

    answers.headers = {"Content-Encoding": coding} if coding else {}
    answers.pieces = pieces()
    tracemalloc.start()
    try:
        with pytest.raises(ProviderUnreachable, match=r"answered with more than 4 MiB, which is the most that is read"):
            await fetch(client, "POST", answers.url, body=b"{}", most=4 * MIB, keep=1000, timeout_s=30)
        answers.pieces = pieces()
        with pytest.raises(AnswerTooLarge, match=r"/big answered with more than 512 KiB"):
            await client.request("GET", "/big", most=512 * KIB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60 * MIB, "the server's own sixteen are in it, and what waits in sockets"
    assert answers.sent < 64 * MIB


async def test_of_a_long_answer_the_beginning_is_kept(answers: Answers, client: Cluster) -> None:
    answers.pieces = [b"a" * 1000, b"b" * 100_000]
    assert await fetch(client, "POST", answers.url, body=b"{}", keep=1002) == (200, b"a" * 1000 + b"bb")


async def test_a_line_without_an_end_is_refused(answers: Answers, client: Cluster) -> None:
    answers.pieces = iter([b"first\n", *[b"x" * MIB] * 200])
    lines = []
    with pytest.raises(AnswerTooLarge, match=r"/log sent a line of more than 8 MiB"):
        async with client.stream("/log") as stream:
            lines = [line async for line in stream]
    assert answers.sent < 100 * MIB
    assert lines == []


async def test_a_refusal_of_any_size_is_a_refusal(answers: Answers, client: Cluster) -> None:
    answers.status, answers.pieces = 403, iter([b"<html>" + b"x" * MIB] * 200)
    with pytest.raises(ApiStatusError):
        async with client.stream("/log"):
            pass
    answers.status, answers.pieces = 500, [b"[" * 200_000]
    with pytest.raises(ApiStatusError) as refused:
        await client.request("GET", "/x")
    assert len(str(refused.value)) <= 500


async def test_a_deep_answer_is_one_sentence(answers: Answers, client: Cluster) -> None:
    answers.pieces = [b"[" * 200_000 + b"]" * 200_000]
    with pytest.raises(ClusterUnreachable, match=r"/x answered cannot be used: it is nested deeper than 100 levels\.$"):
        await client.request("GET", "/x")


async def test_pages_that_are_too_large_are_read_in_smaller_ones(
    api: ScriptedApi, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 objects of the largest size would be 300 MiB."""
    monkeypatch.setattr(reflector, "_PAGE_BYTES_MOST", 64 * KIB)
    api.items = [canary(f"c{number:03}", number + 1, spec={"x": "y" * 4000}) for number in range(600)]
    store = ObjectStore(CANARIES)
    await Reflector(cluster, store).list_once()
    assert len(store) == 600
    assert api.lists < 100
    api.items = [canary("huge", 1, spec={"x": "y" * 100_000})]
    with pytest.raises(AnswerTooLarge, match="answered with more than 64 KiB"):
        await Reflector(cluster, ObjectStore(CANARIES)).list_once()


async def test_a_deep_object_of_a_watch_is_said_and_the_others_go_on(api: ScriptedApi, cluster: Cluster) -> None:
    store = ObjectStore(CANARIES)
    api.items = [canary("a", 1)]
    task = asyncio.create_task(Reflector(cluster, store).run())
    try:
        await until(lambda: store.synced and api.watches)
        said: list[str | None] = []
        store.subscribe(lambda _: said.append(store.error))
        api.watches[-1].put_nowait(b'{"type":"ADDED","object":' + b"[" * 5000 + b"]" * 5000 + b"}\n")
        await until(lambda: any(said))
        assert "cannot be used: it is nested deeper than 100 levels" in str(next(filter(None, said)))
        await until(lambda: store.error is None)
        api.send("ADDED", canary("b", 20))
        await until(lambda: store.get("test", "b") is not None)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(("interim", "taken"), [(0, True), (8, True), (9, False), (100_000, False)])
async def test_a_few_interim_answers_are_passed_over_and_many_are_refused(
    client: Cluster, interim: int, taken: bool
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * interim)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        if taken:
            assert await fetch(client, "GET", url) == (200, b"ok")
            return
        with pytest.raises(
            ProviderUnreachable, match=f"^{url} cannot be reached: it sent more than 8 interim answers$"
        ):
            await fetch(client, "GET", url)


async def test_empty_gzip_members_without_end_are_refused(answers: Answers, client: Cluster) -> None:
    answers.headers = {"Content-Encoding": "gzip"}
    answers.pieces = iter([gzip.compress(b"") * 100] * 10_000)
    with pytest.raises(ProviderUnreachable, match=r"sent it in more than 1000 gzip members$"):
        await fetch(client, "GET", answers.url)
