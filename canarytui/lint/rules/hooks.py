"""The webhooks of a canary: gates, acceptance tests and load."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from canarytui.domain.findings.finding import Rule, Severity
from canarytui.domain.spec.analysis import Webhook
from canarytui.domain.spec.canary import Canary
from canarytui.domain.text.durations import format_duration, parse_duration
from canarytui.domain.text.plain import clean
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.domain.values import as_mapping, as_mappings
from canarytui.lint.check import LintedObject, Problem, canary_check, provider_check, traffic_provider
from canarytui.lint.rules.checks import BUILTIN
from canarytui.lint.rules.timing import FLOOR_S
from canarytui.metrics.check_queries import QuerySource, sources_of

WEBHOOK_URL = Rule("webhook-url", Severity.ERROR, "A webhook's url is not an http or https address.")
DUPLICATE_WEBHOOK = Rule("duplicate-webhook", Severity.WARNING, "Two webhooks of one type have one name.")
WEBHOOK_TIMEOUT = Rule("webhook-timeout", Severity.NOTE, "A webhook may take as long as the analysis interval.")
NO_LOAD = Rule("no-load", Severity.NOTE, "Nothing here sends requests to the canary, and its checks need some.")
PAST_GATEWAY = Rule(
    "load-test-past-gateway", Severity.WARNING, "The load test's requests do not pass the gateway, which counts them."
)
CURL_WITHOUT_FAIL = Rule("curl-without-fail", Severity.WARNING, "curl without --fail: an HTTP error passes the test.")
SHARED_GATE = Rule("shared-gate", Severity.WARNING, "Several gates of one canary share the load tester's one switch.")
ROLLBACK_AT_GATE = Rule("rollback-at-gate", Severity.ERROR, "A rollback webhook that asks a gate: open rolls back.")
UNSEEN_RESULT = Rule("unseen-test-result", Severity.ERROR, "A test whose result nobody sees: it always passes.")
LOAD_BLOCKS = Rule("load-test-blocks", Severity.ERROR, "A load test that runs longer than its webhook may take.")

ALERTS_EVERY_TICK = Rule(
    "gate-alerts-every-tick", Severity.NOTE, "A closed traffic-increase gate sends an alert at every tick."
)
TO_CHAT = Rule("webhook-to-chat", Severity.ERROR, "A chat system does not take what Flagger's webhooks send.")

_CHATS = ("hooks.slack.com", "discord.com", "discordapp.com", "webhook.office.com", "chat.googleapis.com")
_GATES = ("confirm-rollout", "confirm-promotion", "confirm-traffic-increase")
_JUDGING = ("pre-rollout", *_GATES)
_SHELL = re.compile(r"[|&;<>`$]")
_LOADS = ("hey", "wrk", "ghz", "fortio", "k6", "ab", "vegeta")
_HOST = re.compile(r"https?://([^/\s:'\"]+)")
_DURATION_OPTION = re.compile(r"(?:^|\s)(?:-z|-d|--duration)[ =]?(\d+(?:ms|s|m|h))(?=\s|$|['\"])")


def _hooks(canary: Canary) -> Iterator[tuple[str, Webhook]]:
    for index, hook in enumerate(canary.spec.analysis.webhooks):
        yield f"spec.analysis.webhooks[{index}]", hook


def _task(hook: Webhook) -> str:
    """What the load tester is to do: ``cmd`` (in the background), ``bash`` …; "" where nothing is asked of one."""
    return hook.metadata.get("type", "cmd") if hook.metadata.get("cmd") else ""


def _is_load(command: str) -> bool:
    """Whether the command sends load, which nobody waits for."""
    return any(re.search(rf"(?:^|[\s/;&|]){name}\s", command) for name in _LOADS)


def _path_of(hook: Webhook) -> str:
    try:
        return urlsplit(hook.url).path.rstrip("/")
    except ValueError:
        return ""


def _url(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, hook in _hooks(canary):
        try:
            parts = urlsplit(hook.url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good or re.search(r"\s", hook.url):
            yield Problem(
                f"{path}.url",
                f"Webhook {clean(hook.name, 60)} calls {clean(hook.url, 80)!r}, which is no http or https URL: it fails"
                " every time.",
                "Write http://NAME.NAMESPACE/.",
            )


def _duplicate(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for path, hook in _hooks(canary):
        if (hook.type, hook.name) in seen:
            yield Problem(
                f"{path}.name",
                f"Two {hook.type} webhooks are called {clean(hook.name, 60)}: events and alerts cannot say which one"
                " failed.",
                "Give each its own name.",
            )
        seen.add((hook.type, hook.name))


_OUTSIDE = ("confirm-rollout", "pre-rollout", "post-rollout")
"""Called before the canary has traffic, or after the rollout: nothing is to be rolled back then."""


def _timeout(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    interval_s = max(canary.spec.analysis.interval_s, FLOOR_S)
    for index, raw in enumerate(as_mappings(as_mapping(canary.raw["spec"]["analysis"]).get("webhooks"))):
        hook = canary.spec.analysis.webhooks[index]
        if hook.type not in _OUTSIDE and raw.get("timeout") and hook.timeout_s >= interval_s:
            yield Problem(
                f"spec.analysis.webhooks[{index}].timeout",
                f"{clean(hook.name, 60)} may take {format_duration(hook.timeout_s)}, and the interval is"
                f" {format_duration(interval_s)}: meanwhile nothing of this canary is checked or rolled back.",
                "Lower the timeout, or raise the interval.",
            )


def _no_load(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    analysis, options = canary.spec.analysis, linted.options
    needing = [metric.name for metric in analysis.metrics if metric.name in BUILTIN]
    loaded = any(hook.type in ("rollout", "pre-rollout") and _task(hook) for hook in analysis.webhooks)
    if not needing or loaded or options.requests_per_second or _is_reached(canary, linted):
        return
    yield Problem(
        "spec.analysis.webhooks",
        f"No load test, and no route from outside was found: without requests {needing[0]} has no values,"
        " and every check fails.",
        "Add a rollout webhook with a load test, or give --requests-per-second if there is traffic.",
    )


def _past_gateway(canary: Canary, provider: TrafficProvider, linted: LintedObject) -> Iterator[Problem]:
    if not provider.counted_at_gateway or linted.options.requests_per_second:
        return
    metrics = canary.spec.analysis.metrics
    counted = [metric.name for metric in metrics if QuerySource.BUILTIN in sources_of(metric)]
    loads = [(path, hook) for path, hook in _hooks(canary) if _task(hook) and _is_load(hook.metadata["cmd"])]
    names = {canary.apex_name, canary.primary_service_name, canary.canary_service_name}
    past = [_called_services(hook.metadata["cmd"], names, canary.namespace) for _, hook in loads]
    if not counted or not loads or not all(past):
        return  # one that goes through the gateway is enough
    path, hook = loads[0]
    yield Problem(
        f"{path}.metadata.cmd",
        f"{clean(hook.name, 60)} calls {past[0]}, the Service itself, and {provider.title} counts only requests that"
        f" pass its gateway: if users send too few, {counted[0]} has no values.",
        "Call the gateway with the route's host: hey -host HOST http://GATEWAY.NAMESPACE/",
    )


def _called_services(command: str, names: set[str], namespace: str) -> str:
    """The host of a Service of the canary's own that a command calls; "" where it calls any other, or none."""
    hosts = _HOST.findall(command)
    own = [host for host in hosts if host.split(".")[0] in names and host.split(".")[1:2] in ([], [namespace])]
    return clean(own[0], 100) if own and len(own) == len(hosts) else ""


def _is_reached(canary: Canary, linted: LintedObject) -> bool:
    """Whether anything says that requests come from elsewhere."""
    service, spec = canary.spec.service.raw, canary.raw["spec"]
    if any(service.get(name) for name in ("hosts", "gateways", "gatewayRefs")) or spec.get("ingressRef"):
        return True
    if spec.get("routeRef"):
        return True
    provider = traffic_provider(canary, linted.options)
    names = frozenset((canary.apex_name, f"{canary.apex_name}.{canary.namespace}"))
    for entrance in provider.entrances if provider is not None else ():
        for resource in entrance.resources:
            for obj in linted.manifests.beside(resource.kind, canary.namespace):
                if entrance.read(obj if entrance.whole else as_mapping(obj.get("spec")), names):
                    return True
    return False


def _curl(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, hook in _hooks(canary):
        command = hook.metadata.get("cmd", "")
        if hook.type not in _JUDGING or _task(hook) != "bash" or _SHELL.search(command):
            continue
        try:
            words = shlex.split(command)
        except ValueError:
            continue
        if words[:1] != ["curl"]:
            continue
        short = "".join(word[1:] for word in words if re.fullmatch(r"-[A-Za-z]+", word))
        if "f" not in short and not any(word.startswith("--fail") for word in words):
            yield Problem(
                f"{path}.metadata.cmd",
                f"{clean(hook.name, 60)} runs curl without --fail: it succeeds for a 404 and a 500, too.",
                "Add -f, or grep the answer.",
            )


def _shared(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    gates = [(path, hook) for path, hook in _hooks(canary) if hook.type in _GATES and _path_of(hook) == "/gate/check"]
    if len({hook.type for _, hook in gates}) > 1:
        path, hook = gates[1]
        yield Problem(
            f"{path}.url",
            f"{clean(gates[0][1].name, 60)} and {clean(hook.name, 60)} ask the load tester's gate, which has one switch"
            " for a canary: opening the first opens the second, and it stays open for later rollouts.",
            "Keep one gate at the load tester, or use a gate of your own for the others.",
        )


def _rollback(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, hook in _hooks(canary):
        if hook.type == "rollback" and _path_of(hook) in ("/gate/check", "/gate/approve"):
            what = "always answers 200" if _path_of(hook).endswith("approve") else "answers 200 while the gate is open"
            yield Problem(
                f"{path}.url",
                f"{clean(hook.name, 60)} is a rollback webhook, for which success means: roll back. {_path_of(hook)}"
                f" {what}.",
                "Use /rollback/check.",
            )


def _unseen(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, hook in _hooks(canary):
        if hook.type in _JUDGING and _task(hook) == "cmd" and not _is_load(hook.metadata["cmd"]):
            yield Problem(
                f"{path}.metadata",
                f"{clean(hook.name, 60)} ({hook.type}) runs in the background, as type cmd does: the load tester says"
                " 202 at once and tells nobody how it ended.",
                "Set metadata.type to bash.",
            )


def _blocks(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, hook in _hooks(canary):
        command = hook.metadata.get("cmd", "")
        if _task(hook) != "bash" or not _is_load(command):
            continue
        found = _DURATION_OPTION.search(command)
        if found and (seconds := parse_duration(found[1])) >= hook.timeout_s:
            yield Problem(
                f"{path}.timeout",
                f"{clean(hook.name, 60)} runs for {format_duration(seconds)} in the foreground (type bash), and the"
                f" webhook may take {format_duration(hook.timeout_s)}: it fails every time.",
                "Set metadata.type to cmd, so that it runs in the background.",
            )


def _every_tick(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    heard = [alert for alert in canary.spec.analysis.alerts if alert.severity in ("info", "warn")]
    for path, hook in _hooks(canary):
        if hook.type == "confirm-traffic-increase" and heard and not hook.mute_alert:
            yield Problem(
                path,
                f"While {clean(hook.name, 60)} is closed, Flagger sends {clean(heard[0].name, 60)} a warning every"
                f" {format_duration(canary.spec.analysis.interval_s)}, and at weight 0 repeats pre-rollout webhooks.",
                "Set muteAlert: true.",
            )


def _to_chat(canary: Canary, linted: LintedObject) -> Iterator[Problem]:
    for path, hook in _hooks(canary):
        try:
            host = urlsplit(hook.url).hostname or ""
        except ValueError:
            continue
        if any(host == each or host.endswith(f".{each}") for each in _CHATS):
            effect = {
                "rollback": "it never rolls back",
                "event": "nothing is shown",
                "post-rollout": "nothing is shown",
            }.get(hook.type, "it fails every time, which holds the canary up or rolls it back")
            yield Problem(
                f"{path}.url",
                f"{clean(hook.name, 60)} calls {host}, which takes chat messages; Flagger sends name, namespace, phase"
                f" and metadata, and is refused: {effect}.",
                "Use analysis.alerts with an AlertProvider.",
            )


CHECKS = (
    canary_check(WEBHOOK_URL, _url),
    canary_check(DUPLICATE_WEBHOOK, _duplicate),
    canary_check(WEBHOOK_TIMEOUT, _timeout),
    canary_check(NO_LOAD, _no_load),
    provider_check(PAST_GATEWAY, _past_gateway),
    canary_check(CURL_WITHOUT_FAIL, _curl),
    canary_check(SHARED_GATE, _shared),
    canary_check(ROLLBACK_AT_GATE, _rollback),
    canary_check(UNSEEN_RESULT, _unseen),
    canary_check(LOAD_BLOCKS, _blocks),
    canary_check(ALERTS_EVERY_TICK, _every_tick),
    canary_check(TO_CHAT, _to_chat),
)
