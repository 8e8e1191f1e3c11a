"""Smaller read buffers for TLS connections.

asyncio gives each connection one of 256 KiB and fills it with zeros. The console has a connection for each of its
watches, fourteen with one provider, and what they carry is a line now and then.
"""

from __future__ import annotations

from asyncio import sslproto

READ_BUFFER = 32 * 1024
"""Two TLS records of the largest size."""


def small_read_buffers() -> None:
    """Have connections that are opened from now on read into :data:`READ_BUFFER` bytes."""
    sslproto.SSLProtocol.max_size = READ_BUFFER
