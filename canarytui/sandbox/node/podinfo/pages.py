"""What podinfo answers with: its information object, and the page that a browser gets instead."""

from __future__ import annotations

import html
import os
import platform
from typing import Any

from canarytui.sandbox.constants import SECRET_HEADER
from canarytui.sandbox.node.podinfo.settings import PodinfoSettings


def information(settings: PodinfoSettings) -> dict[str, str]:
    """The JSON object of ``/``."""
    return {
        "hostname": settings.hostname,
        "version": settings.version,
        "revision": "sandbox",
        "color": settings.color,
        "logo": settings.logo,
        "message": settings.message,
        "goos": platform.system().lower(),
        "goarch": platform.machine(),
        "runtime": f"python{platform.python_version()}",
        "num_goroutine": "1",
        "num_cpu": str(os.cpu_count() or 1),
    }


def page(settings: PodinfoSettings) -> str:
    """A page in the pod's colour that says which pod and version answered."""
    hostname, version, message = (html.escape(text) for text in (settings.hostname, settings.version, settings.message))
    color = html.escape(settings.color, quote=True)
    return (
        f"<!doctype html><html><head><title>{hostname}</title></head>"
        f'<body style="background:{color};color:#fff;font-family:sans-serif;'
        f'text-align:center;padding-top:20vh">'
        f"<h1>{message}</h1><p>{hostname}</p><p>version {version}</p></body></html>\n"
    )


def headers_object(raw_headers: Any) -> dict[str, list[str]]:
    """Header names in canonical case -> all their values, as ``/headers`` shows them; never the secret."""
    found: dict[str, list[str]] = {}
    for name, value in raw_headers.items():
        if name.lower() == SECRET_HEADER.lower():
            continue
        found.setdefault("-".join(part.capitalize() for part in name.split("-")), []).append(value)
    return found
