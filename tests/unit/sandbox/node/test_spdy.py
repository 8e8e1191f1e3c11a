"""SPDY/3.1 framing: what kubectl's tunnel sends becomes events, whatever pieces it comes in."""

from __future__ import annotations

import struct
import zlib

import pytest

from canarytui.sandbox.node.spdy import (
    DICTIONARY,
    DataReceived,
    Event,
    PingReceived,
    SpdyError,
    SpdySession,
    StreamOpened,
    StreamReset,
)


def control(kind: int, body: bytes, flags: int = 0, version: int = 3) -> bytes:
    return struct.pack(">HHI", 0x8000 | version, kind, flags << 24 | len(body)) + body


def syn_stream(stream: int, headers: dict[str, str], *, finished: bool = False) -> bytes:
    block = struct.pack(">I", len(headers))
    for text in (text for pair in headers.items() for text in pair):
        block += struct.pack(">I", len(text)) + text.encode()
    deflate = zlib.compressobj(zdict=DICTIONARY)
    packed = deflate.compress(block) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return control(1, struct.pack(">IIH", stream, 0, 0) + packed, 1 if finished else 0)


def test_frames_become_events_in_any_pieces() -> None:
    sent = (
        syn_stream(1, {"streamtype": "data", "port": "80"})
        + SpdySession().data(1, b"hello", finished=True)
        + control(6, struct.pack(">I", 9))
        + control(3, struct.pack(">II", 1, 5))
        + control(7, bytes(8))
    )
    wanted: list[Event] = [
        StreamOpened(1, {"streamtype": "data", "port": "80"}, False),
        DataReceived(1, b"hello", True),
        PingReceived(9),
        StreamReset(1),
    ]
    assert list(SpdySession().receive(sent)) == wanted
    session = SpdySession()
    assert [event for at in range(len(sent)) for event in session.receive(sent[at : at + 1])] == wanted


def test_what_is_sent_has_the_framing_of_the_protocol() -> None:
    session = SpdySession()
    assert session.data(3, b"ab") == b"\0\0\0\3\0\0\0\2ab"
    assert session.ping(7) == control(6, struct.pack(">I", 7))
    assert session.reset(3) == control(3, struct.pack(">II", 3, 5))
    reply = session.reply(3)
    assert reply[:4] == b"\x80\3\0\2"
    assert zlib.decompressobj(zdict=DICTIONARY).decompress(reply[12:]) == bytes(4)


@pytest.mark.parametrize(
    "data", [control(1, bytes(10), version=2), control(1, bytes(10) + b"no deflate"), control(1, bytes(10))]
)
def test_what_is_no_spdy_is_an_error(data: bytes) -> None:
    with pytest.raises(SpdyError):
        list(SpdySession().receive(data))
