"""Alerts of a canary, and the AlertProviders that they go to."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.plain import clean
from canarytui.domain.values import as_text
from canarytui.lint.check import ALERT_PROVIDER, LintCheck, LintedObject, Problem, canary_check

NO_SEVERITY = Rule("alert-without-severity", Severity.ERROR, "An alert without severity: Flagger never sends it.")
NOT_FOUND = Rule("alert-provider-not-found", Severity.ERROR, "The alert's provider is not among the documents.")
ADDRESS = Rule("alert-provider-address", Severity.ERROR, "An AlertProvider needs exactly one of address and secretRef.")
IN_CLEAR = Rule("alert-address-in-clear", Severity.WARNING, "The webhook URL of a chat channel is a secret.")
RETIRED_CHANNEL = Rule("retired-alert-channel", Severity.WARNING, "The alert system no longer takes these messages.")

_PLACEHOLDERS = ("your", "xxx", "<", "example", "webhook_url", "change")


def _severity(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for index, alert in enumerate(canary.spec.analysis.alerts):
        if not alert.severity:
            yield Problem(
                f"spec.analysis.alerts[{index}]",
                f"Alert {clean(alert.name, 60)} has no severity: Flagger sends it for no event at all, although its"
                " documentation calls info the default.",
                "Set severity: info, warn or error.",
            )


def _not_found(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    if not linted.manifests.of_kind(ALERT_PROVIDER):
        return
    for index, alert in enumerate(canary.spec.analysis.alerts):
        namespace = alert.provider_namespace or canary.namespace
        if linted.manifests.named(ALERT_PROVIDER, alert.provider_name, namespace) is None:
            yield Problem(
                f"spec.analysis.alerts[{index}].providerRef",
                f"No AlertProvider {clean(alert.provider_name, 60)} in namespace {namespace or '(none)'} was"
                " found: the alert is not sent, and only Flagger's log says so.",
                "Correct name and namespace, or add the AlertProvider.",
            )


def _address(linted: LintedObject) -> Iterator[Problem]:
    address, secret = linted.spec.get("address"), linted.spec.get("secretRef")
    if bool(address) == bool(secret):
        both = "both address and secretRef" if address else "neither address nor secretRef"
        yield Problem(
            "spec",
            f"The AlertProvider has {both}: the API server takes exactly one, and rejects the object.",
            "Keep secretRef, and put the address into the Secret." if address else "Set secretRef.name.",
        )


def _in_clear(linted: LintedObject) -> Iterator[Problem]:
    address = as_text(linted.spec.get("address"))
    try:
        path = urlsplit(address).path
    except ValueError:
        return
    if len(path) >= 20 and not any(word in address.lower() for word in _PLACEHOLDERS):
        yield Problem(
            "spec.address",
            "The address is the credential: whoever can read this object can write to the channel.",
            "Move it to a Secret (key address), and set spec.secretRef.name.",
        )


def _retired(linted: LintedObject) -> Iterator[Problem]:
    host = ""
    try:
        host = urlsplit(as_text(linted.spec.get("address"))).hostname or ""
    except ValueError:
        return
    if linted.spec.get("type") == "msteams" and host.endswith("webhook.office.com"):
        yield Problem(
            "spec.address",
            "Microsoft retired the Office 365 connectors (webhook.office.com) in 2026.",
            "Make a Workflows webhook, and use its URL.",
        )


CHECKS = (
    canary_check(NO_SEVERITY, _severity),
    canary_check(NOT_FOUND, _not_found),
    LintCheck(ADDRESS, (ALERT_PROVIDER,), _address),
    LintCheck(IN_CLEAR, (ALERT_PROVIDER,), _in_clear),
    LintCheck(RETIRED_CHANNEL, (ALERT_PROVIDER,), _retired),
)
