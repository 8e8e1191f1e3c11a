"""Flags and environment variables for the controller's alerts and events. Variables win, as in Flagger."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from canarytui.errors import UsageError

if TYPE_CHECKING:
    from canarytui.engine.alerts.receiver import Receiver


def add_flags(flag: Callable[..., Any]) -> None:
    """`flag` takes a name without dashes and argparse's options."""
    flag("slack-url", default="", metavar="URL", help="Slack webhook for canaries that name no AlertProvider")
    flag(
        "slack-token", default="", metavar="TOKEN", help="Slack bot token, with https://slack.com/api/chat.postMessage"
    )
    flag("slack-proxy-url", default="", metavar="URL")
    flag("slack-channel", default="", metavar="NAME")
    flag("slack-user", default="flagger", metavar="NAME")
    flag("msteams-url", default="", metavar="URL", help="MS Teams webhook, instead of Slack")
    flag("msteams-proxy-url", default="", metavar="URL")
    flag("event-webhook", default="", metavar="URL", help="gets every event of canaries that have no event webhook")
    flag("cluster-name", default="", metavar="NAME", help="named in every alert")
    flag(
        "alert-link",
        default="",
        metavar="TEMPLATE",
        help="URL in every alert, with {{ namespace }}, {{ name }}, {{ target }} and {{ cluster }} filled in",
    )


def alerts_to(options: argparse.Namespace, environment: Mapping[str, str]) -> Receiver | None:
    """The receiver that the flags configure; Microsoft Teams wins over Slack.

    Raises:
        UsageError: an address is not a URL.
    """
    from canarytui.engine.alerts.receiver import CHANNEL, USERNAME, Receiver

    teams = _chosen(options, environment, "msteams-url")
    if teams:
        return Receiver("-msteams-url", "msteams", teams, proxy=_chosen(options, environment, "msteams-proxy-url"))
    slack = _chosen(options, environment, "slack-url")
    if not slack:
        return None
    return Receiver(
        "-slack-url",
        "slack",
        slack,
        environment.get("SLACK_TOKEN") or options.slack_token,
        _chosen(options, environment, "slack-proxy-url"),
        options.slack_user or USERNAME,
        options.slack_channel or CHANNEL,
    )


def event_webhook(options: argparse.Namespace, environment: Mapping[str, str]) -> str:
    """Where all events go, "" for nowhere.

    Raises:
        UsageError: it is no URL.
    """
    return _chosen(options, environment, "event-webhook")


def alert_link(options: argparse.Namespace) -> str:
    """The template of the link in alerts, "" for none.

    Raises:
        UsageError: an unknown variable, or no URL comes of it.
    """
    from canarytui.domain.sentences import command_controller as words
    from canarytui.engine.alerts.link import VARIABLES, sample, unknown_variables
    from canarytui.engine.alerts.receiver import is_address

    template = str(options.alert_link)
    known = ", ".join(f"{{{{ {name} }}}}" for name in VARIABLES)
    if unknown := unknown_variables(template):
        raise UsageError(words.NO_LINK_VARIABLE.text(given=unknown[0], known=known))
    if template and not is_address(sample(template)):
        raise UsageError(words.NO_LINK.text())
    return template


def _chosen(options: argparse.Namespace, environment: Mapping[str, str], flag: str) -> str:
    from canarytui.engine.alerts.receiver import is_address

    name = flag.replace("-", "_")
    variable = f"{name.upper()}_URL" if flag == "event-webhook" else name.upper()
    given = environment.get(variable) or ""
    found = given or str(getattr(options, name))
    if found and not is_address(found):
        from canarytui.domain.sentences.command_controller import NO_ADDRESS

        raise UsageError(NO_ADDRESS.text(source=variable if given else f"-{flag}"))
    return found
