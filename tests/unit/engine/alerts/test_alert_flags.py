"""The controller's flags and variables for alerts and events."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import pytest

from canarytui.cli.alert_options import add_flags, alert_link, alerts_to, event_webhook
from canarytui.errors import UsageError

HOOK, OTHER, PROXY = "https://hooks.example.com/1", "https://hooks.example.com/2", "http://proxy:3128"


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_flags(lambda name, **more: parser.add_argument(f"-{name}", **more))
    return parser.parse_args(arguments)


def test_nobody_is_told_unless_asked() -> None:
    assert alerts_to(parsed(), {}) is None
    assert event_webhook(parsed(), {}) == ""


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("-slack-url", HOOK, "-slack-token", "xoxb", "-slack-proxy-url", PROXY), {}),
        ((), {"SLACK_URL": HOOK, "SLACK_TOKEN": "xoxb", "SLACK_PROXY_URL": PROXY}),
        (
            ("-slack-url", OTHER, "-slack-token", "other"),
            {"SLACK_URL": HOOK, "SLACK_TOKEN": "xoxb", "SLACK_PROXY_URL": PROXY},
        ),
    ],
    ids=["flags", "variables", "variables win"],
)
def test_slack(arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
    found = alerts_to(parsed(*arguments, "-slack-channel", "on-call", "-slack-user", "canary"), environment)
    assert found is not None
    assert (found.service, found.address, found.token, found.proxy) == ("slack", HOOK, "xoxb", PROXY)
    assert (found.channel, found.username) == ("on-call", "canary")


def test_teams_wins_over_slack() -> None:
    found = alerts_to(parsed("-slack-url", OTHER), {"MSTEAMS_URL": HOOK, "MSTEAMS_PROXY_URL": PROXY})
    assert found is not None
    assert (found.service, found.address, found.proxy) == ("msteams", HOOK, PROXY)


def test_event_webhook() -> None:
    assert event_webhook(parsed("-event-webhook", HOOK), {}) == HOOK
    assert event_webhook(parsed("-event-webhook", OTHER), {"EVENT_WEBHOOK_URL": HOOK}) == HOOK


@pytest.mark.parametrize(
    ("arguments", "environment", "source"),
    [
        (("-slack-url", "hooks.example.com/T1"), {}, "-slack-url"),
        ((), {"SLACK_URL": "ftp://hooks"}, "SLACK_URL"),
        ((), {"MSTEAMS_URL": "http://:99999"}, "MSTEAMS_URL"),
    ],
)
def test_what_is_no_url_is_refused_by_name(
    arguments: tuple[str, ...], environment: Mapping[str, str], source: str
) -> None:
    with pytest.raises(UsageError) as refused:
        alerts_to(parsed(*arguments), environment)
    assert str(refused.value).startswith(f"{source} is not an http:// or https:// URL")
    assert "T1" not in str(refused.value)


def test_receiver_shows_no_secret_when_printed() -> None:
    found = alerts_to(parsed("-slack-url", HOOK, "-slack-token", "xoxb"), {})
    assert "xoxb" not in repr(found)
    assert HOOK not in repr(found)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "https://grafana.corp/d/canary?var-namespace={{ namespace }}&var-name={{ name }}",
        "http://look.corp/{{cluster}}/{{ target }}",
        "https://{{ cluster }}.corp/",
    ],
)
def test_link(template: str) -> None:
    assert alert_link(parsed("-alert-link", template)) == template


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("https://look.corp/{{ nmae }}", "-alert-link has no variable {{ nmae }}: use {{ namespace }}, {{ name }}, "),
        ("https://look.corp/{{ name", "-alert-link has no variable {{ name: use "),
        ("https://look.corp/name }}", "-alert-link has no variable }}: use "),
        ("https://look.corp/{{ .Name }}", "-alert-link has no variable {{ .Name }}: use "),
        ("look.corp/{{ name }}", "-alert-link is not an http:// or https:// URL once its variables are filled in."),
        ("javascript:alert(1)", "-alert-link is not an http:// or https:// URL once its variables are filled in."),
        ("https:///{{ name }}", "-alert-link is not an http:// or https:// URL once its variables are filled in."),
    ],
)
def test_link_that_leads_nowhere_is_refused(template: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        alert_link(parsed("-alert-link", template))
    assert str(refused.value).startswith(why)
