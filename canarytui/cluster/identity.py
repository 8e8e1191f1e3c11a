"""What a context stands for: which server, over which transport, as whom. kubectl's rules, without IO.

:func:`resolve` picks a context's cluster and user and refuses what kubectl refuses: contradictions, missing fields,
a user without credentials. ``credentials`` and ``transport`` carry out what is decided here.
"""

from __future__ import annotations

import base64
import re
import string
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from canarytui.cluster.kubeconfig import ClusterEntry, Kubeconfig, UserEntry
from canarytui.cluster.proxies import checked_proxy
from canarytui.domain.plaintext import clean
from canarytui.errors import ConfigError

PLUGIN_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_MODES = ("Never", "IfAvailable", "Always")
_REMOVED = {"gcp": "gke-gcloud-auth-plugin", "azure": "kubelogin (https://github.com/Azure/kubelogin)"}
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HEADER_LETTERS = frozenset(string.ascii_letters + string.digits + "!#$&'*+-.^_`|~")


@dataclass(frozen=True, slots=True)
class Identity:
    """A server, and who we are there.

    Attributes:
        server: base URL without a slash at its end.
        basic: ``Authorization`` of a user name and password that is sent, "" for none.
        secret_allowed: whether credentials may be sent: always over TLS, over plain http only where that is asked for.
    """

    context: str
    namespace: str
    cluster_name: str
    user_name: str
    server: str
    cluster: ClusterEntry = field(default_factory=ClusterEntry)
    user: UserEntry = field(default_factory=UserEntry)
    basic: str = field(default="", repr=False)
    secret_allowed: bool = True

    @property
    def tls(self) -> bool:
        """Whether the server is asked by TLS."""
        return self.server.startswith("https://")

    @property
    def acts_as(self) -> str:
        """Who is responsible, for the audit log: the user, and in whose name they act."""
        if not self.user.act_as:
            return self.user_name
        return f"{self.user.act_as} (impersonated by {self.user_name or 'an unnamed user'})"

    @property
    def impersonation(self) -> tuple[tuple[str, str], ...]:
        """The ``Impersonate-*`` headers."""
        user = self.user
        if not user.act_as:
            return ()
        headers = [("Impersonate-User", user.act_as)]
        if user.act_as_uid:
            headers.append(("Impersonate-Uid", user.act_as_uid))
        headers += [("Impersonate-Group", group) for group in user.act_as_groups]
        headers += [
            (f"Impersonate-Extra-{_escaped(key)}", value) for key, values in user.act_as_extra for value in values
        ]
        return tuple(headers)


def resolve(config: Kubeconfig, context: str | None, *, secrets_over_http: bool = False) -> Identity:
    """The identity of `context`, None for the current one.

    Raises:
        ConfigError: what the context names is missing, contradictory or not supported.
    """
    name = context or config.current_context
    if not name:
        raise ConfigError(
            f"The kubeconfig {config.source} has no current-context: choose one with --context or "
            "`kubectl config use-context`."
        )
    shown = clean(name, 100)
    chosen = config.contexts.get(name)
    if chosen is None:
        known = ", ".join(clean(each, 100) for each in config.contexts) or "none"
        raise ConfigError(f"The kubeconfig {config.source} has no context {shown}: choose among {known}.")
    if not chosen.cluster:
        raise ConfigError(
            f"In the kubeconfig {chosen.file}, the context {shown} names no cluster: set its field cluster."
        )
    cluster = config.clusters.get(chosen.cluster)
    if cluster is None:
        raise ConfigError(
            f"The context {shown} names the cluster {clean(chosen.cluster, 100)}, "
            f"which the kubeconfig {config.source} does not have."
        )
    server, in_url = _server(cluster, chosen.cluster)
    _check_cluster(cluster, chosen.cluster)
    user = config.users.get(chosen.user, UserEntry(file=config.source))
    _check_user(user, chosen.user)
    tls = server.startswith("https://")
    if tls and not in_url and not identifies(user):
        raise ConfigError(
            f"The context {shown} of the kubeconfig {user.file} cannot be used: {_nobody(chosen.user, config)}."
        )
    allowed = tls or secrets_over_http
    basic = in_url or (_basic(user.username, user.password) if user.username and allowed else "")
    return Identity(
        name, chosen.namespace or "default", chosen.cluster, chosen.user, server, cluster, user, basic, allowed
    )


def identifies(user: UserEntry) -> bool:
    """Whether `user` has anything to prove who they are; kubectl asks for a name and password otherwise."""
    certificate = user.client_certificate or user.client_certificate_data
    return bool(
        certificate or user.token or user.token_file or user.username or user.exec or user.auth_provider is not None
    )


def uses_plugin(user: UserEntry) -> bool:
    """Whether the plugin is asked: anything else that identifies the user goes before it."""
    certificate = user.client_certificate or user.client_certificate_data
    return user.exec is not None and not (certificate or user.token or user.token_file or user.username)


def check_header(value: str, what: str) -> str:
    """`value` if it can stand in a header. Raises ConfigError, which says `what` it was."""
    if _CONTROL.search(value):
        raise ConfigError(f"{what} holds a line break or another control character, so it cannot be sent: correct it.")
    return value


def _nobody(user: str, config: Kubeconfig) -> str:
    """Why there is nobody to act as."""
    shown = clean(user, 100)
    if not user:
        return "it names no user, set its field user"
    if user not in config.users:
        return f"its user {shown} is not there, add it to users"
    return (
        f"its user {shown} has no credentials, give it a token, tokenFile, client-certificate, username or exec "
        "in users.user"
    )


def _server(cluster: ClusterEntry, name: str) -> tuple[str, str]:
    """(base URL, the ``Authorization`` that a user name in it stands for)."""
    where = f"In the kubeconfig {cluster.file}, clusters.cluster.server of {clean(name, 100)!r}"
    said = cluster.server
    if not said:
        raise ConfigError(f"{where} is missing: set it to the API server's URL.")
    if "://" not in said:
        said = f"http://{said}"  # as kubectl takes it
    shown = clean(re.sub(r"//[^/]*@", "//", said), 200)
    try:
        parts = urlsplit(said)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or re.search(r"[\s\x00-\x1f\x7f]", said) or port == 0:
        raise ConfigError(f"{where} is {shown}, which is no URL of a host: correct it.")
    if parts.scheme not in ("http", "https"):
        raise ConfigError(f"{where} is {shown}: only https:// and http:// are supported.")
    authority = parts.netloc.rpartition("@")[2]
    in_url = _basic(unquote(parts.username), unquote(parts.password or "")) if parts.username is not None else ""
    return f"{parts.scheme}://{authority}{parts.path.rstrip('/')}", in_url


def _check_cluster(cluster: ClusterEntry, name: str) -> None:
    where = f"In the kubeconfig {cluster.file}, the cluster {clean(name, 100)}"
    if cluster.ca_file and cluster.ca_data:
        raise ConfigError(f"{where} has certificate-authority and certificate-authority-data: remove one.")
    if cluster.insecure and (cluster.ca_file or cluster.ca_data):
        raise ConfigError(
            f"{where} has insecure-skip-tls-verify and certificate-authority(-data), which contradict each other: "
            "remove one."
        )
    if cluster.proxy_url:
        checked_proxy(cluster.proxy_url, f"{where}: proxy-url")


def _check_user(user: UserEntry, name: str) -> None:
    where = f"In the kubeconfig {user.file}, the user {clean(name, 100)}"
    for file, data, field_name in (
        (user.client_certificate, user.client_certificate_data, "client-certificate"),
        (user.client_key, user.client_key_data, "client-key"),
    ):
        if file and data and (user.client_certificate or user.client_certificate_data):
            raise ConfigError(f"{where} has {field_name} and {field_name}-data: remove one.")
    if (user.client_certificate or user.client_certificate_data) and not (user.client_key or user.client_key_data):
        raise ConfigError(f"{where} has a client-certificate without client-key or client-key-data: set one.")
    if user.username and (user.token or user.token_file):
        raise ConfigError(f"{where} has a token and a username: only one way to authenticate is allowed, remove one.")
    if not user.act_as and (user.act_as_uid or user.act_as_groups or user.act_as_extra):
        raise ConfigError(f"{where} has as-uid, as-groups or as-user-extra without as: say whom to impersonate.")
    check_header(user.token, f"{where}: token")
    for field_name, said in (
        ("as", (user.act_as, user.act_as_uid)),
        ("as-groups", user.act_as_groups),
        ("as-user-extra", tuple(value for _, values in user.act_as_extra for value in values)),
    ):
        for value in said:
            check_header(value, f"{where}: {field_name}")
    _check_plugin(user, where)


def _check_plugin(user: UserEntry, where: str) -> None:
    plugin = user.exec
    if user.auth_provider is not None and plugin is not None:
        raise ConfigError(f"{where} has auth-provider and exec: remove one.")
    if user.auth_provider is not None and user.auth_provider != "oidc":
        instead = _REMOVED.get(user.auth_provider, "a credential plugin")
        raise ConfigError(
            f"{where} has the auth-provider {clean(user.auth_provider, 60)!r}, which is not supported, as in kubectl: "
            f"use {instead} in exec."
        )
    if plugin is None:
        return
    if not plugin.command:
        raise ConfigError(f"{where}: exec has no command: name the credential plugin.")
    if plugin.api_version not in PLUGIN_VERSIONS:
        said = clean(plugin.api_version, 80) or "missing"
        raise ConfigError(f"{where}: exec.apiVersion is {said}: it must be one of {', '.join(PLUGIN_VERSIONS)}.")
    if any(not variable for variable, _ in plugin.env):
        raise ConfigError(f"{where}: exec.env has an element without a name: name the variable.")
    if not plugin.interactive_mode and plugin.api_version == PLUGIN_VERSIONS[0]:
        raise ConfigError(f"{where}: exec.interactiveMode is missing: set it to {', '.join(_MODES)}.")
    if plugin.interactive_mode and plugin.interactive_mode not in _MODES:
        said = clean(plugin.interactive_mode, 60)
        raise ConfigError(f"{where}: exec.interactiveMode is {said}: it must be one of {', '.join(_MODES)}.")


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def _escaped(key: str) -> str:
    """An extra key as a part of a header's name; what cannot stand there is percent-encoded, as client-go does."""
    return "".join(
        letter if letter in _HEADER_LETTERS else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in key
    )
