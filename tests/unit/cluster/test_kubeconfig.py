"""Merging and reading without IO where the table beside kubectl does not reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarytui.cluster.identity import resolve
from canarytui.cluster.kubeconfig import kubeconfig_files, merge, parse
from canarytui.cluster.pod_identity import pod_identity
from canarytui.errors import ConfigError


def test_the_files_of_an_environment() -> None:
    home = {"HOME": "/home/me"}
    assert kubeconfig_files(None, home) == [Path("/home/me/.kube/config")]
    assert kubeconfig_files(None, {**home, "KUBECONFIG": ""}) == [Path("/home/me/.kube/config")]
    assert kubeconfig_files(None, {**home, "KUBECONFIG": "/a::/b:/a"}) == [Path("/a"), Path("/b")]
    assert kubeconfig_files("/c", {**home, "KUBECONFIG": "/a"}) == [Path("/c")]


def test_entries_are_merged_as_wholes_and_keep_their_own_folder() -> None:
    one = parse("users: [{name: u, user: {tokenFile: t}}]", Path("/one/config"))
    two = parse(
        "current-context: x\nusers: [{name: u, user: {token: z}}, {name: v, user: {tokenFile: ../t}}]", Path("/b/c")
    )
    merged = merge([one, two])
    assert merged.current_context == "x"
    assert (merged.users["u"].token_file, merged.users["u"].token) == ("/one/t", "")
    assert merged.users["v"].token_file == "/t"
    assert "z" not in repr(two.users["u"]), "secrets do not get into logs"


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 100_000, "- " * 50_000, "{" * 5000, "\x00", "a: !!python/object:os.x {}"]
)
def test_hostile_files_are_one_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match=r"kubeconfig /k\b") as refused:
        parse(text, Path("/k"))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("levels", "said"),
    [(11, "kubeconfig /k is not read: it stands for more than"), (4, "extensions of 'c' holds more")],
)
def test_a_bomb_of_aliases_is_one_sentence(levels: int, said: str) -> None:
    """Bounded as a whole, and what plugins are told of it more narrowly."""
    bomb = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, levels + 1))
    inside = f"{{name: client.authentication.k8s.io/exec, extension: [*a{levels}, *a{levels}]}}"
    text = f"a0: &a0 x\n{bomb}clusters: [{{name: c, cluster: {{extensions: [{inside}]}}}}]"
    with pytest.raises(ConfigError, match=said):
        parse(text, Path("/k"))


def test_names_with_control_bytes_do_not_reach_the_screen() -> None:
    config = parse(
        'current-context: "a\\e]52;c;eA\\ab"\ncontexts: [{name: "c\\e[31m", context: {}}]', Path("/k\x1b[31m")
    )
    with pytest.raises(ConfigError) as refused:
        resolve(config, None)
    assert str(refused.value).isprintable()
    for broken in ('users: [{name: "u\\e[31m", user: {token: 5}}]', 'users: ["\\e[31m"]', 'kind: "\\e[31m"'):
        with pytest.raises(ConfigError) as refused:
            parse(broken, Path("/k"))
        assert str(refused.value).isprintable()


def test_a_pod_is_its_service_account(tmp_path: Path) -> None:
    environment = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    with pytest.raises(ConfigError, match="token is missing"):
        pod_identity(environment, tmp_path)
    (tmp_path / "token").write_text("t\n")
    (tmp_path / "namespace").write_text("shop\n")
    identity = pod_identity(environment, tmp_path)
    assert (identity.server, identity.namespace, identity.acts_as) == (
        "https://[fd00::1]:443",
        "shop",
        "serviceaccount",
    )
    assert identity.user.token_file == str(tmp_path / "token")
    with pytest.raises(ConfigError, match="KUBERNETES_SERVICE_HOST"):
        pod_identity({}, tmp_path)
