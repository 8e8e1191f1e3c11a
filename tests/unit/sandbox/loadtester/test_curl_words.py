"""``--write-out``'s templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.sandbox.loadtester.curl_transfer import Transfer
from canarytui.sandbox.loadtester.curl_words import write_out

DONE = Transfer(
    url="http://a/b", method="GET", status=200, size=10, total_s=2.0, remote=("127.0.0.1", 80), connected=True
)


@pytest.mark.parametrize(
    ("template", "text", "complaint"),
    [
        ("%{http_code}\\n", "200\n", ""),
        ("%{size_download} %{speed_download} %{time_total}", "10 5 2.000000", ""),
        ("%{url} %{url_effective} %{scheme}", "a/b http://a/b HTTP", ""),
        ("100%% \\t%x", "100% \t%x", ""),
        ("%{remote_ip}:%{remote_port} %{num_connects} %{exitcode} %{errormsg}", "127.0.0.1:80 1 7 why", ""),
        ("a%{nonsense}b", "ab", "curl: unknown --write-out variable: 'nonsense'"),
    ],
)
def test_variables_are_filled_in(template: str, text: str, complaint: str) -> None:
    assert write_out(template, "a/b", DONE, 7, "why") == (text, complaint)


def test_a_template_may_be_a_file_and_nothing_may_have_been_transferred(tmp_path: Path) -> None:
    (tmp_path / "format").write_text("%{http_code}")
    assert write_out(f"@{tmp_path / 'format'}", "a", None, 6, "") == ("000", "")
