"""A container's log: bounded, tailed, followed."""

from __future__ import annotations

import asyncio
import time

from canarytui.sandbox.node.logbook import ContainerLog


def texts(book: ContainerLog, **options: float) -> list[bytes]:
    return [line.text for line in book.lines(**options)]  # type: ignore[arg-type]


def test_lines_are_kept_in_order_and_tailed() -> None:
    book = ContainerLog()
    book.write("a\nb\n")
    book.write(b"c")
    assert texts(book) == [b"a", b"b", b"c"]
    assert texts(book, tail=2) == [b"b", b"c"]
    assert texts(book, tail=0) == []
    assert texts(book, since=time.time() + 10) == []
    assert book.lines()[0].stamped().endswith(b"Z a")


def test_the_oldest_lines_go_first() -> None:
    book = ContainerLog(max_bytes=1000)
    for number in range(100):
        book.write(f"{number:03d}")
    kept = texts(book)
    assert kept[-1] == b"099"
    assert len(kept) == 1000 // 103


async def test_followers_see_every_new_line_and_end_with_the_container() -> None:
    book = ContainerLog()
    book.write("before")

    async def read() -> list[bytes]:
        return [line.text async for line in book.follow(tail=1)]

    readers = [asyncio.create_task(read()) for _ in range(2)]
    await asyncio.sleep(0)
    book.write("one\ntwo")
    await asyncio.sleep(0)
    book.write("three")
    book.close()
    assert await asyncio.gather(*readers) == [[b"before", b"one", b"two", b"three"]] * 2
