"""Who acts, as the audit log and Events name them."""

from __future__ import annotations

import os
import pwd
import socket

import pytest

from canarytui.actions.person import person, signature


@pytest.mark.parametrize(
    ("environment", "more"),
    [
        ({}, {}),
        ({"SUDO_USER": "ann", "SSH_CONNECTION": "10.0.0.7 5022 10.0.0.1 22"},
         {"sudo_user": "ann", "ssh_client": "10.0.0.7"}),
        ({"SSH_CLIENT": "fe80::1 5022 22"}, {"ssh_client": "fe80::1"}),
        ({"SUDO_USER": "", "SSH_CONNECTION": ""}, {}),
    ],
)  # fmt: skip
def test_what_is_known_of_a_person(environment: dict[str, str], more: dict[str, str]) -> None:
    who = {"os_user": pwd.getpwuid(os.getuid()).pw_name, "host": socket.gethostname()}
    assert person(environment) == {**who, **more}


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert person({})["os_user"] == str(os.getuid())


def test_a_signature_names_whoever_is_behind_sudo() -> None:
    assert signature({"os_user": "root", "sudo_user": "ann", "host": "laptop"}, "admin") == "ann@laptop as admin"
    assert signature({"os_user": "ann", "host": "laptop"}, "") == "ann@laptop"
