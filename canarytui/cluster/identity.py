"""What a context stands for: which server, over which transport, as whom. kubectl's rules, without IO.

:func:`resolve` picks a context's cluster and user and refuses what kubectl refuses: contradictions, missing fields, a
user without credentials. ``credentials`` and ``transport`` act on it.
"""

from __future__ import annotations

import base64
import re
import string
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from canarytui.cluster.kubeconfig import ClusterEntry, Kubeconfig, UserEntry
from canarytui.cluster.proxies import checked_proxy
from canarytui.domain.sentences import kubeconfig as words
from canarytui.domain.text.plain import clean
from canarytui.domain.text.public_url import place_url
from canarytui.errors import ConfigError

PLUGIN_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_MODES = ("Never", "IfAvailable", "Always")
_REMOVED = {"gcp": "gke-gcloud-auth-plugin", "azure": words.KUBELOGIN.text()}
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
        """Whether the server speaks TLS."""
        return self.server.startswith("https://")

    @property
    def acts_as(self) -> str:
        """Who acts, as the audit log names them: the user, and whom they impersonate."""
        if not self.user.act_as:
            return self.user_name
        return words.IMPERSONATED.text(who=self.user.act_as, user=self.user_name or words.UNNAMED.text())

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
        raise ConfigError(words.NO_CURRENT.text(kubeconfig=config.source))
    shown = clean(name, 100)
    chosen = config.contexts.get(name)
    if chosen is None:
        known = ", ".join(clean(each, 100) for each in config.contexts) or "none"
        raise ConfigError(words.NO_CONTEXT.text(kubeconfig=config.source, context=shown, known=known))
    if not chosen.cluster:
        raise ConfigError(words.NO_CLUSTER_NAMED.text(kubeconfig=chosen.file, context=shown))
    cluster = config.clusters.get(chosen.cluster)
    if cluster is None:
        raise ConfigError(
            words.NO_CLUSTER.text(context=shown, cluster=clean(chosen.cluster, 100), kubeconfig=config.source)
        )
    server, in_url = _server(cluster, chosen.cluster)
    _check_cluster(cluster, chosen.cluster)
    user = config.users.get(chosen.user, UserEntry(file=config.source))
    _check_user(user, chosen.user)
    tls = server.startswith("https://")
    if tls and not in_url and not identifies(user):
        raise ConfigError(words.NOBODY.text(context=shown, kubeconfig=user.file, why=_nobody(chosen.user, config)))
    allowed = tls or secrets_over_http
    basic = in_url or (_basic(user.username, user.password) if user.username and allowed else "")
    return Identity(
        name, chosen.namespace or "default", chosen.cluster, chosen.user, server, cluster, user, basic, allowed
    )


def identifies(user: UserEntry) -> bool:
    """Whether `user` has any credentials; kubectl would prompt for a name and password."""
    certificate = user.client_certificate or user.client_certificate_data
    return bool(
        certificate or user.token or user.token_file or user.username or user.exec or user.auth_provider is not None
    )


def uses_plugin(user: UserEntry) -> bool:
    """Whether the plugin is used: any other credentials take precedence."""
    certificate = user.client_certificate or user.client_certificate_data
    return user.exec is not None and not (certificate or user.token or user.token_file or user.username)


def check_header(value: str, what: str) -> str:
    """`value`, if it can stand in a header. Raises ConfigError, which names it as `what`."""
    if _CONTROL.search(value):
        raise ConfigError(words.CONTROL_CHARACTER.text(what=what))
    return value


def _nobody(user: str, config: Kubeconfig) -> str:
    """Why nobody can be impersonated."""
    shown = clean(user, 100)
    if not user:
        return words.NO_USER_NAMED.text()
    if user not in config.users:
        return words.NO_USER.text(user=shown)
    return words.NO_CREDENTIALS.text(user=shown)


def _server(cluster: ClusterEntry, name: str) -> tuple[str, str]:
    """(base URL, the ``Authorization`` that a user name in it stands for)."""
    where = words.SERVER.text(kubeconfig=cluster.file, cluster=clean(name, 100))
    said = cluster.server
    if not said:
        raise ConfigError(words.SERVER_MISSING.text(where=where))
    if "://" not in said:
        said = f"http://{said}"  # as kubectl takes it
    shown = clean(place_url(said), 200)
    try:
        parts = urlsplit(said)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or re.search(r"[\s\x00-\x1f\x7f]", said) or port == 0:
        raise ConfigError(words.SERVER_NO_URL.text(where=where, said=shown))
    if parts.scheme not in ("http", "https"):
        raise ConfigError(words.SERVER_SCHEME.text(where=where, said=shown))
    authority = parts.netloc.rpartition("@")[2]
    in_url = _basic(unquote(parts.username), unquote(parts.password or "")) if parts.username is not None else ""
    return f"{parts.scheme}://{authority}{parts.path.rstrip('/')}", in_url


def _check_cluster(cluster: ClusterEntry, name: str) -> None:
    where = words.CLUSTER.text(kubeconfig=cluster.file, cluster=clean(name, 100))
    if cluster.ca_file and cluster.ca_data:
        raise ConfigError(words.TWO_AUTHORITIES.text(where=where))
    if cluster.insecure and (cluster.ca_file or cluster.ca_data):
        raise ConfigError(words.INSECURE_AND_AUTHORITY.text(where=where))
    if cluster.proxy_url:
        checked_proxy(cluster.proxy_url, f"{where}: proxy-url")


def _check_user(user: UserEntry, name: str) -> None:
    where = words.USER.text(kubeconfig=user.file, user=clean(name, 100))
    for file, data, field_name in (
        (user.client_certificate, user.client_certificate_data, "client-certificate"),
        (user.client_key, user.client_key_data, "client-key"),
    ):
        if file and data and (user.client_certificate or user.client_certificate_data):
            raise ConfigError(words.FILE_AND_DATA.text(where=where, field=field_name))
    if (user.client_certificate or user.client_certificate_data) and not (user.client_key or user.client_key_data):
        raise ConfigError(words.NO_KEY.text(where=where))
    if user.username and (user.token or user.token_file):
        raise ConfigError(words.TWO_WAYS.text(where=where))
    if not user.act_as and (user.act_as_uid or user.act_as_groups or user.act_as_extra):
        raise ConfigError(words.AS_MISSING.text(where=where))
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
        raise ConfigError(words.PROVIDER_AND_EXEC.text(where=where))
    if user.auth_provider is not None and user.auth_provider != "oidc":
        instead = _REMOVED.get(user.auth_provider, "a credential plugin")
        raise ConfigError(
            words.PROVIDER_REMOVED.text(where=where, provider=clean(user.auth_provider, 60), instead=instead)
        )
    if plugin is None:
        return
    if not plugin.command:
        raise ConfigError(words.NO_COMMAND.text(where=where))
    if plugin.api_version not in PLUGIN_VERSIONS:
        said = clean(plugin.api_version, 80) or "missing"
        raise ConfigError(words.PLUGIN_VERSION.text(where=where, said=said, known=", ".join(PLUGIN_VERSIONS)))
    if any(not variable for variable, _ in plugin.env):
        raise ConfigError(words.UNNAMED_VARIABLE.text(where=where))
    if not plugin.interactive_mode and plugin.api_version == PLUGIN_VERSIONS[0]:
        raise ConfigError(words.NO_MODE.text(where=where, known=", ".join(_MODES)))
    if plugin.interactive_mode and plugin.interactive_mode not in _MODES:
        said = clean(plugin.interactive_mode, 60)
        raise ConfigError(words.BAD_MODE.text(where=where, said=said, known=", ".join(_MODES)))


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def _escaped(key: str) -> str:
    """An extra key as part of a header's name, percent-encoded where needed, as client-go does."""
    return "".join(
        letter if letter in _HEADER_LETTERS else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in key
    )
