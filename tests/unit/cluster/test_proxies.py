"""Which proxy a URL goes through; the same table as golang.org/x/net/http/httpproxy documents in prose."""

from __future__ import annotations

import pytest

from canarytui.cluster.proxies import ProxyRules, checked_proxy, without_credentials
from canarytui.errors import ConfigError

PROXY = "http://proxy.corp:3128"


@pytest.mark.parametrize(
    ("no_proxy", "url", "through"),
    [
        ("", "https://api.example.com", True),
        ("", "https://localhost:6443", False),
        ("", "https://LOCALHOST:6443", False),
        ("", "https://127.0.0.1:6443", False),
        ("", "https://127.8.9.1:6443", False),
        ("", "https://[::1]:6443", False),
        ("", "https://sub.localhost", True),
        ("*", "https://api.example.com", False),
        ("a, *", "https://api.example.com", False),
        ("example.com", "https://api.example.com", False),
        ("example.com", "https://example.com", False),
        ("example.com", "https://badexample.com", True),
        (".example.com", "https://example.com", True),
        (".example.com", "https://api.example.com", False),
        ("*.example.com", "https://api.example.com", False),
        ("*.example.com", "https://example.com", True),
        ("EXAMPLE.com", "https://api.Example.COM", False),
        ("example.com:443", "https://example.com", False),
        ("example.com:80", "https://example.com", True),
        ("example.com:8443", "https://example.com:8443", False),
        ("10.0.0.0/8", "https://10.1.2.3:6443", False),
        ("10.0.0.0/8", "https://11.1.2.3:6443", True),
        ("10.0.0.0/8", "https://ten.example.com", True),
        ("fd00::/8", "https://[fd12::1]:6443", False),
        ("10.1.2.3", "https://10.1.2.3:6443", False),
        ("10.1.2.3:6443", "https://10.1.2.3:6443", False),
        ("10.1.2.3:443", "https://10.1.2.3:6443", True),
        ("[fd12::1]:6443", "https://[fd12::1]:6443", False),
        ("fd12::1", "https://[fd12::1]:6443", False),
        (":443,", "https://example.com", True),
        ("10.0.0.0/99", "https://10.1.2.3", True),
    ],
)
def test_no_proxy(no_proxy: str, url: str, through: bool) -> None:
    rules = ProxyRules.of({"HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy})
    assert rules.proxy_for(url) == (PROXY if through else None)


def test_each_scheme_has_its_own_and_capitals_go_first() -> None:
    rules = ProxyRules.of({"http_proxy": "http://small:1", "HTTP_PROXY": "http://big:1", "https_proxy": "tls.corp:2"})
    assert rules.proxy_for("http://example.com") == "http://big:1"
    assert rules.proxy_for("https://example.com") == "http://tls.corp:2"
    assert ProxyRules.of({"ALL_PROXY": PROXY}).proxy_for("https://example.com") is None


def test_a_web_servers_child_does_not_believe_http_proxy() -> None:
    rules = ProxyRules.of({"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY, "REQUEST_METHOD": "GET"})
    with pytest.raises(ConfigError, match="REQUEST_METHOD"):
        rules.proxy_for("http://example.com")
    assert rules.proxy_for("https://example.com") == PROXY


@pytest.mark.parametrize("proxy", ["ftp://x:1", "socks5://x:1", "http://", "http://[::", "http://x:0"])
def test_what_cannot_be_a_proxy_is_refused_without_its_password(proxy: str) -> None:
    with pytest.raises(ConfigError, match="HTTPS_PROXY is"):
        ProxyRules.of({"HTTPS_PROXY": proxy}).proxy_for("https://example.com")
    with pytest.raises(ConfigError) as refused:
        checked_proxy("ftp://user:secret@x", "proxy-url")
    assert "secret" not in str(refused.value)
    assert without_credentials("http://u:p@h:1/x") == "http://h:1/x"
