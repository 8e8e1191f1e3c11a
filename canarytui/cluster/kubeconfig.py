"""Reads a kubeconfig as kubectl does: which files, what they say, and how several merge.

Used by :func:`canarytui.cluster.client.connect` and by whatever lists contexts. Entries become typed values. What
kubectl refuses is refused with file, field and remedy; what it tolerates (unknown fields, missing files of a list) is
tolerated. ``identity`` decides what a context stands for.
"""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from canarytui.cluster.kubeconfig_fields import KubeconfigFields
from canarytui.cluster.kubeconfig_yaml import load_yaml
from canarytui.cluster.regular_files import read_any
from canarytui.domain.sentences import kubeconfig as words
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError

_BYTES_MOST = 16 << 20
EXEC_EXTENSION = "client.authentication.k8s.io/exec"


class ClusterEntry(Struct, frozen=True):
    """``clusters[].cluster``. Paths are absolute, or relative to the working directory as `file` is."""

    file: str = ""
    server: str = ""
    tls_server_name: str = ""
    insecure: bool = False
    ca_file: str = ""
    ca_data: bytes = b""
    proxy_url: str = ""
    disable_compression: bool = False
    exec_config: Any = None
    """What the cluster has for credential plugins: the extension ``client.authentication.k8s.io/exec``."""


class ExecEntry(Struct, frozen=True):
    """``users[].user.exec``: a credential plugin."""

    command: str = ""
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    api_version: str = ""
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = ""


@dataclass(frozen=True, slots=True)
class UserEntry:
    """``users[].user``: a user's credentials, and whom they impersonate."""

    file: str = ""
    client_certificate: str = ""
    client_certificate_data: bytes = b""
    client_key: str = ""
    client_key_data: bytes = field(default=b"", repr=False)
    token: str = field(default="", repr=False)
    token_file: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    act_as: str = ""
    act_as_uid: str = ""
    act_as_groups: tuple[str, ...] = ()
    act_as_extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exec: ExecEntry | None = None
    auth_provider: str | None = None
    auth_provider_config: Mapping[str, str] = field(default_factory=dict, repr=False)


class ContextEntry(Struct, frozen=True):
    """``contexts[].context``."""

    file: str = ""
    cluster: str = ""
    user: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """One file, or several merged. `source` names it in sentences."""

    source: str
    current_context: str = ""
    contexts: Mapping[str, ContextEntry] = field(default_factory=dict)
    clusters: Mapping[str, ClusterEntry] = field(default_factory=dict)
    users: Mapping[str, UserEntry] = field(default_factory=dict)


def kubeconfig_files(named: str | None, environment: Mapping[str, str] | None = None) -> list[Path]:
    """The files of the kubeconfig: the named one, else those of ``$KUBECONFIG``, else ``~/.kube/config``."""
    environment = os.environ if environment is None else environment
    if named:
        return [Path(named)]
    listed = environment.get("KUBECONFIG", "")
    if listed:
        return [Path(part) for part in dict.fromkeys(listed.split(os.pathsep)) if part]
    return [Path(environment.get("HOME", "")) / ".kube" / "config"]


def require_kubeconfig(named: str | None, environment: Mapping[str, str] | None = None) -> None:
    """Raises ConfigError when none of the files exists."""
    paths = kubeconfig_files(named, environment)
    if not any(path.exists() for path in paths):
        names = ", ".join(clean(path, 300) for path in paths) or "$KUBECONFIG"
        raise ConfigError(words.NO_FILE.text(files=names))


def load_kubeconfig(named: str | None, environment: Mapping[str, str] | None = None) -> Kubeconfig:
    """Read and merge. The first file that sets something wins; missing and empty files are ignored.

    Raises:
        ConfigError: no file at all, or one that kubectl would not read either.
    """
    require_kubeconfig(named, environment)
    paths = kubeconfig_files(named, environment)
    return merge(parse(text, path) for path in paths if (text := _read(path)) is not None)


def merge(kubeconfigs: Iterable[Kubeconfig]) -> Kubeconfig:
    """Merge several. Each entry is taken whole from the first file that has it."""
    parts = list(kubeconfigs)
    return Kubeconfig(
        ", ".join(part.source for part in parts),
        next((part.current_context for part in parts if part.current_context), ""),
        _first(part.contexts for part in parts),
        _first(part.clusters for part in parts),
        _first(part.users for part in parts),
    )


_Entry = TypeVar("_Entry")


def _first(parts: Iterable[Mapping[str, _Entry]]) -> dict[str, _Entry]:
    merged: dict[str, _Entry] = {}
    for part in parts:
        for name, entry in part.items():
            merged.setdefault(name, entry)
    return merged


def parse(text: str, path: Path) -> Kubeconfig:
    """One file's content.

    Raises:
        ConfigError: not YAML, or a field of another type than kubectl wants.
    """
    source = clean(path, 300)
    content = load_yaml(text, source)
    top = KubeconfigFields(source, "", {} if content is None else content)
    for name, wanted in (("apiVersion", "v1"), ("kind", "Config")):
        said = top.text(name)
        if said not in ("", wanted):
            raise top.wrong(name, words.OTHER_KIND.text(said=clean(said, 60), wanted=wanted))
    return Kubeconfig(
        source,
        top.text("current-context"),
        {name: _context(each, source) for name, each in top.named("contexts", "context")},
        {name: _cluster(each, source, path.parent) for name, each in top.named("clusters", "cluster")},
        {name: _user(each, source, path.parent) for name, each in top.named("users", "user")},
    )


def _context(said: KubeconfigFields, source: str) -> ContextEntry:
    return ContextEntry(source, said.text("cluster"), said.text("user"), said.text("namespace"))


def _cluster(said: KubeconfigFields, source: str, folder: Path) -> ClusterEntry:
    return ClusterEntry(
        source,
        said.text("server"),
        said.text("tls-server-name"),
        said.truth("insecure-skip-tls-verify"),
        _beside(folder, said.text("certificate-authority")),
        said.data("certificate-authority-data"),
        said.text("proxy-url"),
        said.truth("disable-compression"),
        said.extension(EXEC_EXTENSION),
    )


def _user(said: KubeconfigFields, source: str, folder: Path) -> UserEntry:
    provider = said.mapping("auth-provider")
    return UserEntry(
        file=source,
        client_certificate=_beside(folder, said.text("client-certificate")),
        client_certificate_data=said.data("client-certificate-data"),
        client_key=_beside(folder, said.text("client-key")),
        client_key_data=said.data("client-key-data"),
        token=said.text("token"),
        token_file=_beside(folder, said.text("tokenFile")),
        username=said.text("username"),
        password=said.text("password"),
        act_as=said.text("as"),
        act_as_uid=said.text("as-uid"),
        act_as_groups=said.texts("as-groups"),
        act_as_extra=said.lists_of_texts("as-user-extra"),
        exec=_exec(said.mapping("exec"), folder),
        auth_provider=None if provider is None else provider.text("name"),
        auth_provider_config={} if provider is None else provider.texts_by_name("config"),
    )


def _exec(said: KubeconfigFields | None, folder: Path) -> ExecEntry | None:
    if said is None:
        return None
    command = said.text("command")
    return ExecEntry(
        # A bare name is looked up in PATH; anything with a slash is relative to its kubeconfig.
        _beside(folder, command) if os.sep in command else command,
        said.texts("args"),
        tuple((each.text("name"), each.text("value")) for each in said.items("env")),
        said.text("apiVersion"),
        said.text("installHint"),
        said.truth("provideClusterInfo"),
        said.text("interactiveMode"),
    )


def _beside(folder: Path, name: str) -> str:
    return os.path.normpath(folder.absolute() / name) if name else ""


def _read(path: Path) -> str | None:
    """The file's text; None if it does not exist."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
        return _read_text(path) if regular else _read_once(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(words.UNREADABLE.text(kubeconfig=clean(path, 300), why=error.strerror or error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(words.NO_TEXT.text(kubeconfig=clean(path, 300))) from error


def _read_text(path: Path) -> str:
    data = read_any(path, _BYTES_MOST + 1)
    if len(data) > _BYTES_MOST:
        most = f"{_BYTES_MOST >> 20} MiB"
        raise ConfigError(words.TOO_LONG.text(kubeconfig=clean(path, 300), most=most))
    return data.decode("utf-8-sig")


_read_once = functools.cache(_read_text)
"""A pipe, such as a shell's ``<(…)``, can be read once only."""
