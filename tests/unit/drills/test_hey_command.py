"""hey's command: only the host that was shown, nothing for a shell to read, whatever the values were."""

from __future__ import annotations

import re
import shlex
from urllib.parse import urlsplit

import pytest
from drilled import plan
from hypothesis import assume, given
from hypothesis import strategies as st
from replacing import replace

from canarytui.drills.drill import Effect, Stream
from canarytui.drills.hey_command import SLICE_S, UnsafeCommand, Way, shown, slice_commands, stream_rates
from canarytui.drills.library import all_drills, load_drill
from canarytui.drills.request_whitelist import bad_header, bad_path, valid_address, valid_host
from canarytui.drills.target import TargetAddress, option

_SHELL = set("`$\"'\\;&|<>(){}[]*!#~^ \t\r\n\0")
HOSTILE = st.text(max_size=40) | st.sampled_from(
    [
        "app.example.com;id", "$(id)", "`id`", "a b", "-x", "--help", "evil.example@app.example.com", "a\nb", "a\\b",
        "app.example.com#", "app.example.com:80", "[::1]", "APP", "a..b", ".a", "a-", "ä.example", "a'b", 'a"b', "a|b",
        "/status/500;id", "/$(id)", "//evil.example/", "/a b", "/a\n", "/%0a", "/%zz", "/../x", "/a?x=1&y=2", "/a#b",
        "/a*", "/~root", "/{a,b}", "/\u202e", "\x1b[2J", "/@evil.example/", "/a?b?c", "/<x>", "X-A: b\r\nHost: evil",
    ]
)  # fmt: skip


def test_the_seeds_command() -> None:
    assert plan().command() == (
        "hey -z 1.8s -c 5 -q 5 -t 2 -m GET -disable-redirects -H X-Canarytui-Drill:podinfo-1a2b3c/1 "
        "-host app.example.com http://traefik.traefik/status/500"
    )


def test_every_drills_streams_keep_rate_and_workers() -> None:
    for drill in all_drills()[0]:
        rates = stream_rates(drill)
        assert sum(workers for workers, _ in rates) <= drill.concurrency
        assert sum(workers * each for workers, each in rates) == pytest.approx(drill.rate)
        # A worker waits a turn before its first request: one turn must fit into a slice.
        assert all(each * SLICE_S >= 1 for _, each in rates)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_reaches_a_shell_or_another_host(
    host: str, prefix: str, path: str, header: str, value: str, gateway: str
) -> None:
    stream = Stream(path, Effect(status=500), headers=((header, value),))
    drill = replace(load_drill("errors-500"), streams=(stream,))
    for way in (Way(), Way(gateway=gateway), Way(proxy=gateway)):
        try:
            commands = slice_commands(drill, TargetAddress(host, prefix), way, "podinfo-1a2b3c/1")
        except UnsafeCommand:
            continue
        check_safe(commands, host, way)


_SAFE = st.from_regex(r"[A-Za-z0-9._/+:@,%?=-]{0,30}", fullmatch=True)


@given(
    st.from_regex(r"[a-z0-9.-]{1,40}", fullmatch=True), _SAFE, st.from_regex(r"[A-Za-z-]{1,20}", fullmatch=True), _SAFE
)
def test_what_passes_the_whitelists_is_words_for_a_shell(host: str, path: str, header: str, value: str) -> None:
    assume(valid_host(host) and not bad_path(f"/{path}") and not bad_header(header, value))
    stream = Stream(f"/{path}", Effect(status=500), headers=((header, value),))
    drill = replace(load_drill("errors-500"), streams=(stream,))
    for way in (Way(), Way(gateway="127.0.0.1:8080"), Way(proxy="127.0.0.1:8080")):
        check_safe(slice_commands(drill, TargetAddress(host), way, "podinfo-1a2b3c/1"), host, way)


def check_safe(commands: tuple[list[str], ...], host: str, way: Way) -> None:
    for command in commands:
        assert not any(set(word) & _SHELL or not word.isascii() or not word.isprintable() for word in command)
        assert shlex.split(shown((command,))) == command
        # All words but the URL's one question mark stand for themselves; that one is quoted.
        assert re.sub(r"'(http[^' ]*)'", r"\1", shown((command,))) == " ".join(command)
        url = urlsplit(command[-1])
        assert url.netloc == (way.gateway or host)
        assert url.username is None
        assert url.fragment == ""
        assert option(command, "-host") == (host if way.gateway else "")
        assert option(command, "-z") == f"{SLICE_S - 0.2:.1f}s"
        assert "-disable-redirects" in command
        # No value is taken for a flag, and none of hey's other flags is there.
        flags = [word for word in command[1:] if word.startswith("-")]
        assert set(flags) <= {"-z", "-c", "-q", "-t", "-m", "-disable-redirects", "-H", "-x", "-host"}


@pytest.mark.parametrize("tag", ["", "a", "a/b", "A/1", "a/1;id", "a /1", "-x/1\n"])
def test_a_tag_is_checked_too(tag: str) -> None:
    with pytest.raises(UnsafeCommand, match="The tag"):
        slice_commands(load_drill("spike"), TargetAddress("a.example"), Way(), tag)


def test_several_streams_run_side_by_side() -> None:
    line = shown(slice_commands(load_drill("mixed"), TargetAddress("a.example"), Way(), "a/1"))
    assert line.count("hey -z 1.8s") == 3
    assert line.endswith("http://a.example/delay/1 & wait")


@pytest.mark.parametrize(
    ("address", "good"),
    [("127.0.0.1:80", True), ("traefik.traefik", True), ("a:0", False), ("a:99999", False), ("a:", False),
     ("a:80/x", False), ("u@a:80", False), ("a:80:80", False), ("", False), ("a:٣", False)],
)  # fmt: skip
def test_addresses(address: str, good: bool) -> None:
    assert valid_address(address) is good
