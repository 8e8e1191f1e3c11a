"""``canarytui controller``: runs canary analyses as Flagger does, with those of its flags that apply."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from typing import Any

from canarytui.cli.until_told import end_signal, until
from canarytui.errors import UsageError

_STRICT_FLOOR_S, _FLOOR_S = 10.0, 1.0


def parser() -> argparse.ArgumentParser:
    """Flags may be written with one dash, as Go programs take them, or with two."""
    made = argparse.ArgumentParser(
        prog="canarytui controller",
        description="Run canary analyses: a stand-in for Flagger (weight canaries on Traefik).",
        allow_abbrev=False,
    )

    def flag(name: str, **options: Any) -> None:
        made.add_argument(f"-{name}", f"--{name}", **options)

    flag("kubeconfig", default="", metavar="FILE", help="default: in-cluster, $KUBECONFIG or ~/.kube/config")
    flag("context", default="", metavar="NAME", help="context of the kubeconfig")
    flag("namespace", default="", metavar="NS", help="watch one namespace only")
    flag("metrics-server", default="http://prometheus:9090", metavar="URL", help="Prometheus")
    flag("mesh-provider", default="traefik", metavar="NAME", help="provider of canaries that name none")
    flag("selector-labels", default="app,name,app.kubernetes.io/name", metavar="KEYS")
    flag("include-label-prefix", default="", metavar="PREFIXES", help="labels to copy to the primary; * is all")
    flag("enable-config-tracking", default="true", choices=["true", "false"])
    flag("log-level", default="info", choices=["debug", "info", "warn", "error"])
    flag("port", type=int, default=8080, help="port of /healthz and /metrics")
    flag("threadiness", type=int, default=8, help="canaries looked at at the same time")
    flag("strict-flagger", action="store_true", help="do what Flagger does even where that harms its user")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run until told to end; the exit code."""
    options = parser().parse_args(arguments)
    if options.threadiness < 1:
        raise UsageError("-threadiness must be at least 1.")
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    from canarytui.cluster.connect import Target, connect
    from canarytui.engine.decide.tick import Settings
    from canarytui.engine.runtime.controller import Controller
    from canarytui.engine.runtime.health import serve_health
    from canarytui.engine.runtime.logs import JsonLog
    from canarytui.engine.runtime.meters import Meters

    settings = Settings(
        strict=options.strict_flagger,
        mesh_provider=options.mesh_provider,
        metrics_server=options.metrics_server,
        selector_labels=_listed(options.selector_labels),
        include_label_prefixes=_listed(options.include_label_prefix),
        config_tracking=options.enable_config_tracking == "true",
        interval_floor_s=_STRICT_FLOOR_S if options.strict_flagger else _FLOOR_S,
    )
    in_cluster = not options.kubeconfig and "KUBECONFIG" not in os.environ and "KUBERNETES_SERVICE_HOST" in os.environ
    target = Target(options.kubeconfig or None, options.context or None, in_cluster)
    cluster = await connect(target)
    meters = Meters()
    log = JsonLog(options.log_level)
    host = "0.0.0.0" if in_cluster else "127.0.0.1"  # kubelets probe a pod at its own address
    try:
        runner = await serve_health(meters, host, options.port)
        try:
            controller = Controller(
                cluster, settings, log, meters, namespace=options.namespace, workers=options.threadiness
            )
            await until(end_signal(), controller.run())
        finally:
            await runner.cleanup()
    finally:
        await cluster.close()
    return 0


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
