"""``canarytui controller``: runs canary analyses as Flagger does, with those of its flags that apply."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from canarytui import __version__
from canarytui.arguments import Parser
from canarytui.cli import alert_options as alerting
from canarytui.cli.foreground import end_signal, until
from canarytui.domain.sentences import command_controller as words
from canarytui.domain.text.durations import parse_duration
from canarytui.domain.traffic import nginx
from canarytui.domain.traffic.selection import OWN_DEFAULT
from canarytui.errors import CanarytuiError, UsageError

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster
    from canarytui.engine.decide.tick import ControllerSettings
    from canarytui.engine.runtime.leader import Leadership
    from canarytui.engine.runtime.logs import JsonLog

_RESOLVERS_MOST = 64
_STRICT_FLOOR_S, _FLOOR_S = 10.0, 1.0
_CALLER = "flagger/main.go"
_LEVELS = {"debug": "debug", "info": "info", "warn": "warn", "warning": "warn", "error": "error"}
_WITHOUT_EFFECT = ("zap_encoding", "zap_replace_globals")
_REFUSED = {"master": words.NO_MASTER, "kubeconfig_service_mesh": words.NO_MESH_KUBECONFIG}


def parser() -> argparse.ArgumentParser:
    """Flags may be written with one dash, as Go programs take them, or with two."""
    made = Parser(
        prog="canarytui controller", description="Run canary analyses: a stand-in for Flagger.", allow_abbrev=False
    )

    def flag(name: str, **options: Any) -> None:
        made.add_argument(f"-{name}", f"--{name}", **options)

    def switch(name: str, default: bool = False, **options: Any) -> None:
        made.add_argument(
            f"-{name}",
            f"--{name}",
            type=_truth,
            nargs="?",
            const=True,
            default=default,
            metavar="true|false",
            **options,
        )

    flag("kubeconfig", default="", metavar="FILE", help="default: in-cluster, $KUBECONFIG or ~/.kube/config")
    flag("context", default="", metavar="NAME", help="context of the kubeconfig")
    flag("kubeconfig-qps", type=float, default=100.0, metavar="N", help="requests per second to the API; 0: any number")
    flag("kubeconfig-burst", type=int, default=250, metavar="N", help="requests at once above that")
    flag("namespace", default="", metavar="NS", help="watch one namespace only")
    flag("metrics-server", default="http://prometheus:9090", metavar="URL", help="Prometheus")
    flag("mesh-provider", default=OWN_DEFAULT, metavar="NAME", help="provider of canaries that name none")
    flag("selector-labels", default="app,name,app.kubernetes.io/name", metavar="KEYS")
    flag("include-label-prefix", default="", metavar="PREFIXES", help="labels to copy to the primary; * is all")
    flag("ingress-annotations-prefix", default=nginx.ANNOTATIONS, metavar="PREFIX")
    flag("ingress-class", default="", metavar="NAME", help="class of the canary Ingress")
    switch("enable-config-tracking", True, help="copy ConfigMaps and Secrets to the primary, and follow their changes")
    switch("no-cross-namespace-refs", help="refuse references to templates and providers of other namespaces")
    flag(
        "control-loop-interval",
        type=_seconds,
        default=10.0,
        metavar="TIME",
        help="how often canaries are counted again",
    )
    flag("threadiness", type=int, default=32, help="canaries handled at the same time")
    flag("log-level", default="info", choices=list(_LEVELS))
    flag("port", type=int, default=8080, help="port of /healthz and /metrics")
    switch("enable-leader-election", help="of several controllers, only the leader acts")
    flag("leader-election-namespace", default="kube-system", metavar="NS", help="of the Lease; -namespace overrides it")
    for name, default in (("lease-duration", 60), ("renew-deadline", 15), ("retry-period", 5)):
        flag(f"leader-election-{name}", type=_whole_seconds, default=default, help=argparse.SUPPRESS)
    alerting.add_flags(flag)
    switch("beside-flagger", help="run although a Flagger runs here: they must not share canaries")
    switch("strict-flagger", help="do what Flagger does even where that harms its user")
    switch("zap-replace-globals", help="accepted, without effect")
    flag("zap-encoding", default="json", help="accepted, without effect")
    for name in _REFUSED:
        flag(name.replace("_", "-"), default="", help=argparse.SUPPRESS)
    made.add_argument("-version", "--version", action="version", version=f"canarytui {__version__}")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run until a signal ends it; the exit code."""
    options = parser().parse_args(arguments)
    if options.threadiness < 1:
        raise UsageError(words.TOO_FEW_THREADS.text(given=options.threadiness))
    for name, sentence in _REFUSED.items():
        if getattr(options, name):
            raise UsageError(sentence.text())
    lease, renew, retry = _terms(options)
    if not (retry >= 1 and 1.2 * retry < renew < lease):
        raise UsageError(words.ELECTION_ORDER.text(lease=lease, renew=renew, retry=retry))
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    from canarytui.cluster.client import ClusterTarget, connect
    from canarytui.cluster.request_rate import RequestRate
    from canarytui.engine.runtime.controller import CanaryController
    from canarytui.engine.runtime.health import serve_health
    from canarytui.engine.runtime.leader import identity
    from canarytui.engine.runtime.logs import JsonLog
    from canarytui.engine.runtime.meters import Meters

    settings, alerts_to = _settings(options), alerting.alerts_to(options, os.environ)
    # Names are resolved in threads, of which there would be six on two cores: hosts that cannot be resolved hold them
    # for half a minute each, and must not hold up the others' webhooks.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_RESOLVERS_MOST))
    in_cluster = not options.kubeconfig and not os.environ.get("KUBECONFIG") and "KUBERNETES_SERVICE_HOST" in os.environ
    cluster = await connect(ClusterTarget(options.kubeconfig or None, options.context or None, in_cluster))
    if options.kubeconfig_qps > 0:
        cluster.pace = RequestRate(options.kubeconfig_qps, options.kubeconfig_burst)
    log = JsonLog(_LEVELS[options.log_level])
    _say_what_has_no_effect(options, log)
    meters, name = Meters(), identity()
    controller = CanaryController(
        cluster,
        settings,
        log,
        meters,
        namespace=options.namespace,
        workers=options.threadiness,
        resync_s=options.control_loop_interval,
        leadership=_leadership(options, cluster, name, log),
        beside_flagger=options.beside_flagger,
        name=name,
        alerts_to=alerts_to,
    )
    host = "0.0.0.0" if in_cluster else "127.0.0.1"  # kubelets probe a pod at its own address
    try:
        runner = await serve_health(meters, host, options.port, controller.problem)
        try:
            await until(end_signal(), controller.run())
        finally:
            await runner.cleanup()
    except CanarytuiError as error:
        log.line("error", _CALLER, str(error))
        return error.exit_code
    finally:
        await cluster.close()
    return 0


def _settings(options: argparse.Namespace) -> ControllerSettings:
    from canarytui.engine.decide.tick import ControllerSettings

    return ControllerSettings(
        strict=options.strict_flagger,
        mesh_provider=options.mesh_provider,
        metrics_server=options.metrics_server,
        selector_labels=_listed(options.selector_labels),
        include_label_prefixes=_listed(options.include_label_prefix),
        config_tracking=options.enable_config_tracking,
        interval_floor_s=_STRICT_FLOOR_S if options.strict_flagger else _FLOOR_S,
        ingress_annotations_prefix=options.ingress_annotations_prefix,
        ingress_class=options.ingress_class,
        no_cross_namespace_refs=options.no_cross_namespace_refs,
        cluster_name=options.cluster_name,
        alert_link=alerting.alert_link(options),
        event_webhook=alerting.event_webhook(options, os.environ),
    )


def _leadership(options: argparse.Namespace, cluster: Cluster, name: str, log: JsonLog) -> Leadership | None:
    from canarytui.engine.runtime.leader import Leadership, Terms

    if not options.enable_leader_election:
        return None
    namespace = options.namespace or options.leader_election_namespace
    return Leadership(cluster, Terms(namespace, *_terms(options)), name, log)


def _terms(options: argparse.Namespace) -> tuple[int, int, int]:
    return (
        options.leader_election_lease_duration,
        options.leader_election_renew_deadline,
        options.leader_election_retry_period,
    )


def _say_what_has_no_effect(options: argparse.Namespace, log: JsonLog) -> None:
    defaults = parser()
    for name in _WITHOUT_EFFECT:
        if getattr(options, name) != defaults.get_default(name):
            log.line("info", _CALLER, words.NO_EFFECT.text(flag=name.replace("_", "-")))
    if options.alert_link and options.strict_flagger:
        log.line("warn", _CALLER, words.NOT_WHEN_STRICT.text(flag="alert-link"))


def _truth(text: str) -> bool:
    """As Go's flag package reads it."""
    if text in ("1", "t", "T", "true", "TRUE", "True"):
        return True
    if text in ("0", "f", "F", "false", "FALSE", "False"):
        return False
    raise argparse.ArgumentTypeError(words.NO_TRUTH_VALUE.text(given=repr(text)))


def _seconds(text: str) -> float:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if seconds <= 0:
        raise argparse.ArgumentTypeError(words.NOT_ABOVE_ZERO.text(given=repr(text)))
    return seconds


def _whole_seconds(text: str) -> int:
    return int(_seconds(text))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
