"""Connections read into small buffers: each watch has one, and they are filled with zeros."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import sslproto

import pytest

from canarytui.cluster.tls_buffers import READ_BUFFER, small_read_buffers


async def test_a_connection_reads_into_a_small_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sslproto.SSLProtocol, "max_size", sslproto.SSLProtocol.max_size)
    small_read_buffers()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    made = sslproto.SSLProtocol(asyncio.get_running_loop(), asyncio.Protocol(), context, asyncio.Future())
    assert len(made.get_buffer(-1)) == READ_BUFFER
