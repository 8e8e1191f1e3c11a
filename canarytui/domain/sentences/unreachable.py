"""Why a server gave no answer, and what to do about it."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

ANSWERED_BADLY = Sentence(
    "unreachable.answered_badly",
    "{url} {what}",
    evidence="the answer was not read to its end",
)
TOO_MUCH = Sentence(
    "unreachable.too_much",
    "answered with too much",
    evidence="the answer exceeds what is read",
)
API_SERVER = Sentence(
    "unreachable.api_server",
    "The API server of context {context} at {server}",
    evidence="the context that the connection is for, and the address in its kubeconfig",
)
THROUGH_PROXY = Sentence(
    "unreachable.through_proxy",
    " through the proxy {proxy}",
    evidence="the request was sent through this proxy",
)
TLS = Sentence(
    "unreachable.tls",
    "{server} cannot be reached{through} over TLS: {trouble}",
    evidence="the TLS error in what the request failed with",
)
REDIRECTED = Sentence(
    "unreachable.redirected",
    "{server} answered{through} with HTTP {status}, which points to another server ({place}), and nothing was sent "
    "there: log in if a proxy or VPN wants it, or correct server in the kubeconfig.",
    evidence="the answer was a redirection to another host, which is not followed",
)
PROXY_ANSWERED = Sentence(
    "unreachable.proxy_answered",
    "{server} cannot be reached{through}: the proxy answered {status} {said}.",
    evidence="the proxy's answer to CONNECT",
)
PROXY_UNREACHABLE = Sentence(
    "unreachable.proxy_unreachable",
    ("{server} cannot be reached{through} ({why}): check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY."),
    evidence="no connection to the proxy came about",
)
NAME = Sentence(
    "unreachable.name",
    (
        "{server} cannot be reached{through}: the name {host} cannot be resolved ({why}): check server in the"
        " kubeconfig, DNS, and that the VPN is up."
    ),
    evidence="the resolver's error",
)
HUNG_UP = Sentence(
    "unreachable.hung_up",
    "{server} hung up on plain http ({why}): should server in the kubeconfig begin with https://?",
    evidence="the address begins with http:, and the server closed the connection without an answer",
)
CLOSED = Sentence(
    "unreachable.closed",
    (
        "{server} cannot be reached{through} ({why}): it closed the connection; it may be restarting, reject "
        "your client certificate, or require one."
    ),
    evidence="the address begins with https:, and the connection was closed under the request",
)
UNREACHABLE = Sentence(
    "unreachable.unreachable",
    (
        "{server} cannot be reached{through} ({why}): check that the cluster is running and that the network "
        "or VPN is up."
    ),
    evidence="the operating system's error, or the time limit that passed",
)
TIMED_OUT = Sentence(
    "unreachable.timed_out",
    "no answer in time",
    evidence="the time limit passed",
)
BAD_ADDRESS = Sentence(
    "unreachable.bad_address",
    "The address {url!r} is not an http:// or https:// URL with a host and port.",
    evidence="the URL was taken apart, and lacks a part",
)
NO_ANSWER = Sentence(
    "unreachable.no_answer",
    "{url} cannot be reached: {why}",
    evidence="the error that the request failed with",
)
TOO_LARGE = Sentence(
    "unreachable.too_large",
    "{url} {what}, through the API server",
    evidence="the answer was not read to its end",
)
NO_ANSWER_THROUGH = Sentence(
    "unreachable.no_answer_through",
    "{url} cannot be reached through the API server: {why}",
    evidence="the error that the request to the API server's proxy failed with",
)
NO_CREDENTIALS_THROUGH = Sentence(
    "unreachable.no_credentials_through",
    "{url} cannot be asked through the API server with its own credentials, since that passes on no Authorization "
    "header: give the provider an address that is reached from here",
    evidence="the address is a Service's, we are outside the cluster, and the request has an Authorization header",
)
BAD_URL = Sentence(
    "unreachable.bad_url",
    "its URL cannot be read",
    evidence="the HTTP client refuses the URL",
)
CGI = Sentence(
    "unreachable.cgi",
    "HTTP_PROXY is not used in a CGI environment (REQUEST_METHOD is set): unset one of them.",
    evidence="both variables are set",
)
SOCKS = Sentence(
    "unreachable.socks",
    "{where} is {proxy}, and SOCKS proxies are not supported: name an http:// or https:// proxy.",
    evidence="the URL's scheme is socks5 or socks5h",
)
NO_PROXY_URL = Sentence(
    "unreachable.no_proxy_url",
    "{where} is {proxy}, which is not a proxy: name an http:// or https:// URL.",
    evidence="the URL was taken apart, and lacks a host or has another scheme",
)
