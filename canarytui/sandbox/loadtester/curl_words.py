"""``--write-out``: the text after a transfer, with its variables filled in."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from canarytui.sandbox.loadtester.curl_transfer import Transfer

_PART = re.compile(r"%\{([^}]*)\}|%(%)|\\([ntr\\])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


def write_out(template: str, url: str, transfer: Transfer | None, code: int, sentence: str) -> tuple[str, str]:
    """The text for standard output, and an error about unknown variables, "" if all are known."""
    if template.startswith("@"):
        template = Path("/dev/stdin" if template == "@-" else template[1:]).read_text(errors="replace")
    values = _values(url, transfer or Transfer(), code, sentence)
    unknown: list[str] = []

    def filled(found: re.Match[str]) -> str:
        if found[2]:
            return "%"
        if found[3]:
            return _ESCAPES[found[3]]
        if found[1] in values:
            return values[found[1]]
        unknown.append(f"curl: unknown --write-out variable: '{found[1]}'")
        return ""

    return _PART.sub(filled, template), "\n".join(unknown)


def _values(url: str, transfer: Transfer, code: int, sentence: str) -> dict[str, str]:
    status = f"{transfer.status:03d}"
    return {
        "http_code": status,
        "response_code": status,
        "http_connect": "000",
        "http_version": "1.1" if transfer.status else "0",
        "content_type": transfer.header("Content-Type"),
        "num_redirects": str(transfer.redirects),
        "num_connects": "1" if transfer.connected else "0",
        "redirect_url": transfer.location,
        "method": transfer.method,
        "url": url,
        "url_effective": transfer.url or url,
        "urlnum": "0",
        "scheme": urlsplit(transfer.url).scheme.upper(),
        "remote_ip": transfer.remote[0],
        "remote_port": str(transfer.remote[1]),
        "local_ip": transfer.local[0],
        "local_port": str(transfer.local[1]),
        "size_download": str(transfer.size),
        "size_upload": str(transfer.sent),
        "size_header": str(len(transfer.head)),
        "speed_download": f"{transfer.size / transfer.total_s:.0f}" if transfer.total_s else "0",
        "time_namelookup": f"{transfer.resolved_s:.6f}",
        "time_connect": f"{transfer.connected_s:.6f}",
        "time_appconnect": "0.000000",
        "time_pretransfer": f"{transfer.connected_s:.6f}",
        "time_redirect": "0.000000",
        "time_starttransfer": f"{transfer.first_byte_s:.6f}",
        "time_total": f"{transfer.total_s:.6f}",
        "ssl_verify_result": "0",
        "exitcode": str(code),
        "errormsg": sentence,
        "filename_effective": "",
        "stdout": "",
    }
