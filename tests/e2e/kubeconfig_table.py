"""Kubeconfigs and environments that are tried with kubectl and with us, side by side.

Text between ``@`` stands for what the test makes: ``@S@`` is the URL of a TLS server, ``@H@`` of a plain one, ``@P@``
of an HTTP proxy, ``@PORT@``, ``@HPORT@`` and ``@PPORT@`` are their ports
(``@TPORT@``: of a proxy by TLS), ``@D@`` is the case's folder, ``@CA@`` the
base64 of the server's authority, ``@OTHER@`` of another one, ``@CC@`` and ``@CK@`` of a client certificate and its key.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

IN_FOLDER = {"KUBECONFIG": "@D@/config"}
API = "api.example.test"
"""A name that only the proxy can reach."""


@dataclass(frozen=True)
class Case:
    """`files` in the case's folder, `environment` beside PATH and HOME. `names`: what our sentence has to name when
    both refuse, beside every file that kubectl names."""

    name: str
    files: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=lambda: IN_FOLDER)
    context: str = ""
    kubeconfig: str = ""
    names: tuple[str, ...] = ()


TLS = '{server: "@S@", certificate-authority-data: "@CA@"}'
TOKEN = "{token: t}"


def config(
    user: str = TOKEN, cluster: str = TLS, *, context: str = "{cluster: c, user: u}", name: str = "x", more: str = ""
) -> str:
    return f"""apiVersion: v1
kind: Config
current-context: {name}
clusters: [{{name: c, cluster: {cluster}}}]
users: [{{name: u, user: {user}}}]
contexts: [{{name: {name}, context: {context}}}]
{more}
"""


def _one(name: str, text: str, *names: str, files: Mapping[str, str] | None = None) -> Case:
    return Case(name, {"config": text, **(files or {})}, names=names)


def files_and_merging() -> Iterator[Case]:
    first, second = config("{token: A}", name="first"), config("{token: B}", name="second")
    both = {"a": first, "b": second}
    listed = {"KUBECONFIG": "@D@/a:@D@/b"}
    yield _one("the plain case", config())
    yield Case("the first current-context wins", both, listed)
    yield Case("the other file first", both, {"KUBECONFIG": "@D@/b:@D@/a"})
    yield Case("an entry of the first file wins, whoever names it", both, listed, context="second")
    yield Case(
        "empty, missing and unnamed files of a list",
        {"a": first, "empty": "", "comment": "# nothing\n"},
        {"KUBECONFIG": ":@D@/empty:@D@/none::@D@/comment:@D@/a"},
    )
    yield Case("a broken file of a list", {"a": first, "e": "a: ["}, {"KUBECONFIG": "@D@/a:@D@/e"})
    yield Case(
        "entries are taken as a whole",
        {"a": config("{username: us, password: pw}", name="first"), "b": second},
        listed,
    )
    empty = {"a": config("{}", name="first"), "b": second}
    yield Case("an empty entry of the first file wins, too", empty, listed, names=("user u", "first", "@D@/a"))
    yield Case(
        "current-context in the second file only",
        {"a": first.replace("current-context: first", ""), "b": second},
        listed,
    )
    other = second.replace("token: B", "tokenFile: tok").replace("name: u,", "name: v,").replace("user: u}", "user: v}")
    yield Case(
        "a path is relative to its own file",
        {"one/a": config("{tokenFile: tok}", name="first"), "one/tok": "1", "two/b": other, "two/tok": "2"},
        {"KUBECONFIG": "@D@/one/a:@D@/two/b"},
        context="second",
    )
    yield Case("KUBECONFIG is empty", {"home/.kube/config": config()}, {"KUBECONFIG": ""})
    yield Case("KUBECONFIG is not set", {"home/.kube/config": config()}, {})
    yield Case("no file at all", {}, {}, names=("home/.kube/config",))
    yield Case("the named file is missing", {}, {}, kubeconfig="@D@/none")
    yield Case("~ is not expanded", {"home/.kube/config": config()}, {"KUBECONFIG": "~/.kube/config"}, names=("~",))
    yield Case("the option beats the environment", both, {"KUBECONFIG": "@D@/a"}, kubeconfig="@D@/b")
    yield Case("the option is no list", both, {}, kubeconfig="@D@/a:@D@/b")
    yield Case("a relative KUBECONFIG", {"a": first}, {"KUBECONFIG": "a"})
    yield Case("a directory", {"a/x": ""}, {"KUBECONFIG": "@D@/a"})
    yield _one("an empty file", "", "config")
    yield _one("JSON with tabs", json.dumps(_as_json(), indent="\t"))


def _as_json() -> object:
    return {
        "current-context": "x",
        "clusters": [{"name": "c", "cluster": {"server": "@S@", "certificate-authority-data": "@CA@"}}],
        "users": [{"name": "u", "user": {"token": "json"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
    }


def content() -> Iterator[Case]:
    yield _one("without apiVersion and kind", config().replace("apiVersion: v1\nkind: Config\n", ""))
    yield _one("of another kind", config().replace("kind: Config", "kind: Pod"), "kind")
    yield _one("of another version", config().replace("apiVersion: v1", "apiVersion: v2"), "apiVersion")
    yield _one("no YAML", "a: [b", "YAML")
    yield _one("a tab", "apiVersion: v1\n\tkind: Config\n", "line 2")
    yield _one("a list", "[1, 2]")
    yield _one("text", "hello")
    extra = "preferences: {colors: true}\nextensions: [{name: a, extension: {b: c}}]\nfrob: 2"
    yield _one("unknown fields", config("{token: t, frob: 1}", more=extra))
    yield _one("a token that is a number", config("{token: 12345}"), "users.user.token")
    yield _one("a token that is a truth", config("{token: y}"), "users.user.token")
    yield _one("a token that is null", config("{token: null}"), "u")
    yield _one("a token that looks like a date", config("{token: 2026-11-26}"))
    yield _one("a token that looks like a time", config("{token: 12:30:45}"))
    yield _one("a token with a line break", config('{token: "a\\nb"}'), "token")
    yield _one("a truth that is text", config(cluster='{server: "@S@", insecure-skip-tls-verify: "true"}'), "insecure-")
    yield _one("a list that is text", config("{token: t, as: b, as-groups: g}"), "as-groups")
    yield _one(
        "a name that is a number", config().replace("contexts: [{name: x", "contexts: [{name: 7"), "contexts.name"
    )
    yield _one(
        "two users of one name", config().replace("users: [", "users: [{name: u, user: {token: z}}, "), "users", "u"
    )
    yield _one("one field twice", config("{token: a, token: b}"))
    yield _one("null among the users", config().replace("users: [", "users: [null, "))
    yield _one("users: null", config().replace("users: [{name: u, user: {token: t}}]", "users: null"), "x")
    yield _one("clusters: null", config().replace("clusters: [", "clusters: null\nfrob: ["), "c")
    yield _one("user: null", config("null"), "u")
    yield _one("no current-context", config().replace("current-context: x", ""), "current-context")
    yield _one("current-context names nothing", config().replace("current-context: x", "current-context: z"), "z")
    yield Case("--context names nothing", {"config": config()}, context="zz", names=("zz",))
    yield _one("the context's user is missing", config(context="{cluster: c, user: nobody}"), "x")
    yield _one("the context's cluster is missing", config(context="{cluster: none, user: u}"), "none")
    yield _one("the context names no cluster", config(context="{user: u}"), "cluster")
    yield _one("the context names no user", config(context="{cluster: c}"), "x")


def servers() -> Iterator[Case]:
    def tls(more: str) -> str:
        return f'{{server: "@S@", {more}}}'

    ca = 'certificate-authority-data: "@CA@"'
    yield _one("no server", config(cluster=f"{{{ca}}}"), "server", "c")
    yield _one("an authority beside its kubeconfig", config(cluster=tls("certificate-authority: ca.pem")))
    yield _one(
        "an authority twice", config(cluster=tls(f"{ca}, certificate-authority: ca.pem")), "certificate-authority"
    )
    yield _one("an authority's file is missing", config(cluster=tls("certificate-authority: nope.pem")))
    junk = config(cluster=tls("certificate-authority: junk"))
    yield _one("an authority's file is junk", junk, "certificate-authority", files={"junk": "hello"})
    yield _one("an authority's data are junk", config(cluster=tls("certificate-authority-data: aGVsbG8=")), "-data")
    data = tls("certificate-authority-data: '***'")
    yield _one("an authority's data are no base64", config(cluster=data), "certificate-authority-data")
    yield _one(
        "an unknown authority", config(cluster=tls('certificate-authority-data: "@OTHER@"')), "unknown authority"
    )
    yield _one("the system's authorities", config(cluster='{server: "@S@"}'), "unknown authority")
    yield _one("unchecked", config(cluster=tls("insecure-skip-tls-verify: true")))
    yield _one("unchecked with an authority", config(cluster=tls(f"insecure-skip-tls-verify: true, {ca}")), "insecure-")
    yield _one("uncompressed", config(cluster=tls(f"{ca}, disable-compression: true")))
    yield _one("another server name", config(cluster=tls(f"{ca}, tls-server-name: {API}")))
    yield _one("a wrong server name", config(cluster=tls(f"{ca}, tls-server-name: no.example.test")), "no.example.test")
    for what, server in (
        ("a server without a scheme", "127.0.0.1:@HPORT@"),
        ("a server without a scheme, by name", "localhost:@HPORT@"),
        ("a server with a path", "@S@/k8s/clusters/c-1"),
        ("a server with a slash", "@S@/k8s/"),
        ("a server with a query", "@S@/p?x=1#f"),
        ("a server in capitals", "HTTPS://127.0.0.1:@PORT@"),
        ("a server with a password", "https://a:b%40@127.0.0.1:@PORT@"),
    ):
        yield _one(what, config(cluster=f'{{server: "{server}", {ca}}}'))
    for what, server, names in (
        ("TLS without a scheme", "127.0.0.1:@PORT@", ()),
        ("a server of another scheme", "ftp://127.0.0.1:@PORT@", ("server", "ftp", "c")),
        ("a server that is no URL", "https://[::1", ("server", "c")),
        ("a server with spaces", " @S@ ", ("server", "c")),
    ):
        yield _one(what, config(cluster=f'{{server: "{server}", {ca}}}'), *names)
    plain = '{server: "@H@"}'
    yield _one("plain http, a token", config(cluster=plain))
    yield _one("plain http, a password", config("{username: a, password: b}", plain))
    yield _one("plain http, nothing", config("{}", plain))
    yield _one("plain http, a missing tokenFile", config("{tokenFile: nope}", plain))
    acting = "{token: t, as: bob, as-uid: '7', as-groups: [g], as-user-extra: {a: [b]}}"
    yield _one("plain http, impersonation", config(acting, plain))
    yield _one("plain http, a plugin", config(plugin(), plain), files={"p.sh": TELLING})


def users() -> Iterator[Case]:
    yield _one("as", config("{token: t, as: bob}"))
    extra = "{Scopes: [a, b], 'a/b%c D': [x], 'ü': [z]}"
    yield _one(
        "as, with all", config(f"{{token: t, as: b ö, as-uid: '7', as-groups: [g1, g 2], as-user-extra: {extra}}}")
    )
    for name, value in (("as-groups", "[g]"), ("as-uid", "x"), ("as-user-extra", "{a: [b]}")):
        yield _one(f"{name} without as", config(f"{{token: t, {name}: {value}}}"), name, "u")
    yield _one("as without credentials", config("{as: bob}"), "u")
    tokens = {"tok": "  abc\n\n", "void": "", "blank": "\n", "two": "ab\ncd\n"}
    for what, user, names in (
        ("a tokenFile, trimmed", "{tokenFile: tok}", ()),
        ("a tokenFile goes before a token", "{token: t, tokenFile: tok}", ()),
        ("a tokenFile is missing", "{tokenFile: none}", ("tokenFile",)),
        ("a tokenFile is empty", "{tokenFile: void}", ("void",)),
        ("a tokenFile is blank", "{tokenFile: blank}", ("blank",)),
        ("a tokenFile of two lines", "{tokenFile: two}", ("two",)),
        ("a tokenFile is empty, but there is a token", "{token: t, tokenFile: void}", ()),
        ("a tokenFile is missing, but there is a token", "{token: t, tokenFile: none}", ()),
        ("a password", "{username: a, password: b}", ()),
        ("a user name", "{username: a}", ()),
        ("a password without a name", "{password: b}", ("u",)),
        ("a password and a token", "{username: a, password: b, token: t}", ("token", "u")),
        ("a password and a tokenFile", "{username: a, password: b, tokenFile: tok}", ("token",)),
    ):
        yield _one(what, config(user), *names, files=tokens)
    files, data = (
        "client-certificate: me.crt, client-key: me.key",
        "client-certificate-data: @CC@, client-key-data: @CK@",
    )
    for what, user, names in (
        ("a certificate", f"{{{files}}}", ()),
        ("a certificate in the kubeconfig", f"{{{data}}}", ()),
        ("a certificate and a token", f"{{{files}, token: t}}", ()),
        ("a certificate and a password", f"{{{files}, username: a, password: b}}", ()),
        ("a certificate twice", f"{{{files}, {data}}}", ("client-certificate", "u")),
        ("certificate data and a key's file", "{client-certificate-data: @CC@, client-key: me.key}", ()),
        ("a key twice", f"{{{data}, client-key: me.key}}", ("client-key", "u")),
        ("a certificate without a key", "{client-certificate: me.crt}", ("client-key", "u")),
        ("a key without a certificate", "{client-key: me.key}", ("u",)),
        ("a key of another", "{client-certificate: me.crt, client-key: you.key}", ("does not belong",)),
        ("a certificate is missing", "{client-certificate: no.crt, client-key: me.key}", ("client-certificate",)),
        ("a key is missing", "{client-certificate: me.crt, client-key: no.key}", ("client-key",)),
        ("certificate data are junk", "{client-certificate-data: aGVsbG8=, client-key-data: aGVsbG8=}", ("PEM",)),
    ):
        yield _one(what, config(user), *names)
    for name in ("gcp", "azure", "foo"):
        yield _one(f"auth-provider {name}", config(f"{{auth-provider: {{name: {name}}}}}"), "auth-provider", name)
    yield _one("auth-provider and a token", config("{token: t, auth-provider: {name: gcp}}"), "gcp")
    payload = base64.urlsafe_b64encode(b'{"exp":9999999999}').decode().rstrip("=")
    for what, token, names in (
        ("oidc with a valid id-token", f"e30.{payload}.c2ln", ()),
        ("oidc with a junk id-token", "abc", ("id-token",)),
    ):
        oidc = f"{{name: oidc, config: {{idp-issuer-url: 'https://127.0.0.1:1', client-id: x, id-token: '{token}'}}}}"
        yield _one(what, config(f"{{auth-provider: {oidc}}}"), *names)


TELLING = """#!/bin/sh
printf '%s' "$KUBERNETES_EXEC_INFO" > @D@/info
[ -n "$EXTRA" ] && printf '%s' "$EXTRA $*" > @D@/extra
[ -t 0 ] && echo "a terminal" > @D@/terminal
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from the plugin"}}'
"""


def plugin(command: str = "@D@/p.sh", more: str = "", *, version: str = "v1", mode: str = "Never") -> str:
    api = f"apiVersion: client.authentication.k8s.io/{version}, " if version else ""
    interactive = f"interactiveMode: {mode}, " if mode else ""
    return f"{{exec: {{{api}{interactive}command: '{command}'{more}}}}}"


def _answering(answer: str) -> str:
    return f"#!/bin/sh\ncat <<'E'\n{answer}\nE\n"


def _credential(status: object, version: str = "v1", kind: str = "ExecCredential") -> str:
    return json.dumps({"apiVersion": f"client.authentication.k8s.io/{version}", "kind": kind, "status": status})


def plugins() -> Iterator[Case]:
    def told(name: str, user: str, *names: str) -> Case:
        return _one(name, config(user), *names, files={"p.sh": TELLING, "tok": "ft"})

    yield told("a plugin", plugin())
    yield told("a plugin that may ask", plugin(mode="IfAvailable"))
    yield told("a plugin that must ask", plugin(mode="Always"), "Always")
    yield told("no interactiveMode", plugin(mode=""), "interactiveMode", "u")
    yield told("another interactiveMode", plugin(mode="Sometimes"), "interactiveMode", "Sometimes")
    yield told("a version that has gone", plugin(version="v1alpha1"), "apiVersion", "v1alpha1")
    yield told("no version", plugin(version=""), "apiVersion", "u")
    yield told("no command", plugin(""), "command", "u")
    yield told("variables and arguments", plugin(more=", env: [{name: EXTRA, value: hello}], args: [a, b c]"))
    yield told("a variable without a name", plugin(more=", env: [{value: hello}]"), "env", "u")
    yield told("env: null", plugin(more=", env: null, args: null"))
    yield told("a token goes before a plugin", plugin().replace("{exec", "{token: own, exec", 1))
    yield told("a tokenFile goes before a plugin", plugin().replace("{exec", "{tokenFile: tok, exec", 1))
    yield told("a password goes before a plugin", plugin().replace("{exec", "{username: a, password: b, exec", 1))
    certificate = "{client-certificate: me.crt, client-key: me.key, exec"
    yield told("a certificate goes before a plugin", plugin().replace("{exec", certificate, 1))
    yield told("auth-provider and a plugin", plugin().replace("{exec", "{auth-provider: {name: gcp}, exec", 1), "exec")
    extension = "{name: client.authentication.k8s.io/exec, extension: {audience: x, n: [1]}}"
    full = f'{{server: "@S@", certificate-authority: ca.pem, tls-server-name: localhost, extensions: [{extension}]}}'
    yield _one("about the cluster", config(plugin(more=", provideClusterInfo: true"), full), files={"p.sh": TELLING})
    proxied = "{server: '@S@', insecure-skip-tls-verify: true, proxy-url: '@P@', disable-compression: true}"
    yield _one("and its proxy", config(plugin(more=", provideClusterInfo: true"), proxied), files={"p.sh": TELLING})
    nearby = {"bin/p.sh": TELLING, "conf/config": config(plugin("../bin/p.sh"))}
    yield Case("a command beside its kubeconfig", nearby, {"KUBECONFIG": "@D@/conf/config"})
    yield Case("a command beside a relative kubeconfig", nearby, {"KUBECONFIG": "conf/config"})
    named = {"bin/p.sh": TELLING, "config": config(plugin("p.sh"))}
    yield Case("a command in PATH", named, {**IN_FOLDER, "PATH": "@D@/bin:/usr/bin:/bin"})
    yield told("a bare name is not looked for beside the kubeconfig", plugin("p.sh"), "p.sh")
    yield told(
        "a program that is missing, and its hint", plugin("no-such", ", installHint: get it"), "no-such", "get it"
    )
    yield told("a path that is missing", plugin("/no/such"), "/no/such")
    yield _one("a file that is no program", config(plugin("./p")), files={"p": "hello"})
    failing = plugin("sh", ", args: [-c, 'echo the session has ended >&2; exit 3']")
    yield told("a plugin that fails", failing, "sh", "exit code 3", "the session has ended")
    for what, answer, names in (
        ("answers text", "hello", ("ExecCredential",)),
        ("answers nothing", "", ("p.sh",)),
        (
            "answers without a status",
            '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}',
            ("status",),
        ),
        ("answers an empty status", _credential({}), ("token",)),
        ("answers in another version", _credential({"token": "x"}, "v1beta1"), ("v1beta1",)),
        ("answers another kind", _credential({"token": "x"}, kind="Foo"), ("p.sh",)),
        ("answers half a certificate", _credential({"clientCertificateData": "x"}), ("client",)),
        (
            "answers a junk certificate",
            _credential({"clientCertificateData": "x", "clientKeyData": "y"}),
            ("certificate",),
        ),
        ("answers a token with a line break", _credential({"token": "x\n"}), ("token",)),
        ("answers a token that is a number", _credential({"token": 5}), ("token",)),
        ("answers a time that is none", _credential({"token": "x", "expirationTimestamp": "soon"}), ("soon",)),
        ("answers what has expired", _credential({"token": "x", "expirationTimestamp": "2001-01-01T00:00:00Z"}), ()),
        ("answers in time", _credential({"token": "x", "expirationTimestamp": "2101-01-01T00:00:00.5Z"}), ()),
    ):
        yield _one(f"a plugin {what}", config(plugin()), *names, files={"p.sh": _answering(answer)})
    old = config(plugin(version="v1beta1", mode=""))
    yield _one("a plugin of v1beta1", old, files={"p.sh": _answering(_credential({"token": "x"}, "v1beta1"))})
    for what, more in (("a certificate", {}), ("a certificate and a token", {"token": "q"})):
        pair = {"clientCertificateData": "@CERT@", "clientKeyData": "@KEY@", **more}
        yield _one(f"a plugin answers {what}", config(plugin()), files={"p.sh": _answering(_credential(pair))})


def proxies() -> Iterator[Case]:
    def case(name: str, more: str = "", *names: str, host: str = API, **environment: str) -> Case:
        cluster = f'{{server: "https://{host}:@PORT@", certificate-authority-data: "@CA@"{more}}}'
        return Case(name, {"config": config(cluster=cluster)}, {**IN_FOLDER, **environment}, names=names)

    yield case("a proxy, but to loopback", host="127.0.0.1", HTTPS_PROXY="@P@")
    yield case("a proxy, but to localhost", host="localhost", HTTPS_PROXY="@P@")
    yield case("HTTPS_PROXY", HTTPS_PROXY="@P@")
    yield case("https_proxy", https_proxy="@P@")
    yield case("HTTPS_PROXY goes before https_proxy", HTTPS_PROXY="@P@", https_proxy="http://127.0.0.1:1")
    yield case("HTTP_PROXY is not for https", HTTP_PROXY="@P@")
    yield case("ALL_PROXY is not known", ALL_PROXY="@P@")
    yield case("a proxy without a scheme", HTTPS_PROXY="127.0.0.1:@PPORT@")
    yield case("a proxy with a password", HTTPS_PROXY="http://us:p%40w@127.0.0.1:@PPORT@")
    for what, no_proxy in (
        ("names the host", API),
        ("names its domain", "example.test"),
        ("names its domain with a dot", ".example.test"),
        ("names the host with a dot", f".{API}"),
        ("names everything", "*"),
        ("names its domain with a star", "*.example.test"),
        ("names the host and its port", f"{API}:@PORT@"),
        ("names another port", f"{API}:1"),
        ("names the host in capitals", f"other, {API.upper()} "),
        ("names another domain", "ample.test"),
    ):
        yield case(f"NO_PROXY {what}", HTTPS_PROXY="@P@", NO_PROXY=no_proxy)
    named = f", tls-server-name: {API}"
    yield case("NO_PROXY has another network", named, host="192.0.2.9", HTTPS_PROXY="@P@", NO_PROXY="192.0.3.0/24")
    yield case("a server name behind a proxy", named, host="wrong.example.test", HTTPS_PROXY="@P@")
    yield case("proxy-url", ", proxy-url: '@P@'")
    yield case("proxy-url goes before all", ", proxy-url: '@P@'", HTTPS_PROXY="http://127.0.0.1:1", NO_PROXY="*")
    yield case("proxy-url to loopback", ", proxy-url: '@P@'", host="127.0.0.1")
    yield case("proxy-url by TLS", ", proxy-url: 'https://localhost:@TPORT@'")
    yield case("proxy-url of another scheme", ", proxy-url: 'ftp://127.0.0.1:1'", "proxy-url", "ftp", "c")
    yield case("proxy-url without a scheme", ", proxy-url: '127.0.0.1:@PPORT@'", "proxy-url")
    yield case("proxy-url that is none", ", proxy-url: 'http://[::'", "proxy-url")
    yield case("proxy-url where nobody listens", ", proxy-url: 'http://127.0.0.1:1'", "proxy")
    for what, more, environment in (
        ("plain http by HTTP_PROXY", "", {"HTTP_PROXY": "@P@"}),
        ("plain http by HTTP_PROXY under REQUEST_METHOD", "", {"HTTP_PROXY": "@P@", "REQUEST_METHOD": "GET"}),
        ("plain http by proxy-url", ", proxy-url: '@P@'", {}),
    ):
        cluster = f"{{server: 'http://{API}'{more}}}"
        names = ("HTTP_PROXY", "REQUEST_METHOD") if "REQUEST_METHOD" in environment else ()
        yield Case(what, {"config": config(cluster=cluster)}, {**IN_FOLDER, **environment}, names=names)


CASES = (
    *files_and_merging(),
    *content(),
    *servers(),
    *users(),
    *plugins(),
    *proxies(),
)
