"""``canarytui migrate``: prints what a canary would be elsewhere, with a runbook. It only reads."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from canarytui.arguments import Parser
from canarytui.cli.canary_selection import CanarySelection, add_cluster_options
from canarytui.domain.sentences import command_migrate as words
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError, ConfigError, UsageError
from canarytui.exit_codes import MIGRATE, ExitCode, help_sentence
from canarytui.output import complain, say

if TYPE_CHECKING:
    from canarytui.domain.values import KubernetesObject
    from canarytui.migration.objects import ObjectSet
    from canarytui.migration.targets import MigrationTarget
    from canarytui.migration.to_gateway_api import GatewayWishes

_EPILOG = """\
Nothing is written: it prints manifests to read and apply yourself, and as comments what has no counterpart, what
differs, and the steps with their checks and ways back. With -f no cluster is asked: give everything that belongs
together: what moves, the routing objects that it has now, Services, MetricTemplates or AnalysisTemplates.
docs/migrate.md says what maps. """


def parser() -> argparse.ArgumentParser:
    """Options of ``migrate``."""
    from canarytui.migration.sources import movable
    from canarytui.migration.targets import target_names
    from canarytui.migration.text import OUTPUTS

    made = Parser(
        prog="canarytui migrate",
        description="Print a canary's manifests for another provider or tool, and a runbook.",
        epilog=_EPILOG + help_sentence(MIGRATE),
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="NAME or NAMESPACE/NAME (with -f default: all in it)")
    made.add_argument("--to", required=True, choices=target_names(), help="where the canaries, or Rollouts, move")
    made.add_argument(
        "-f",
        "--filename",
        action="append",
        default=[],
        metavar="FILE",
        help="a file, a folder with all in it, - for stdin",
    )
    made.add_argument("-o", "--output", choices=OUTPUTS, default=OUTPUTS[0], help="yaml has the runbook as comments")
    made.add_argument("--from", dest="provider", choices=movable(), default="", metavar="PROVIDER",
                      help="provider of canaries that name none")  # fmt: skip
    parent = made.add_mutually_exclusive_group()
    parent.add_argument("--gateway", default="", metavar="NS/NAME", help="Gateway for the route (NS/NAME/LISTENER)")
    parent.add_argument("--mesh", action="store_true", help="the route's parent is the Service itself, inside a mesh")
    add_cluster_options(made, metrics=False)
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code. Raises CanarytuiError."""
    options = parser().parse_args(arguments)
    from canarytui.cli.session import run_until_signal
    from canarytui.migration.targets import target_named

    target, wishes = target_named(options.to), _wishes(options)
    selection = CanarySelection.parse(options.names, options.namespace)
    if options.filename:
        if options.kubeconfig or options.context:
            raise UsageError(words.KUBECONFIG_ONLY.text())
        return _from_files(options, target, selection, wishes)
    if not options.names and not options.namespace and not options.all_namespaces:
        raise UsageError(words.NOTHING_NAMED.text())
    done, code = run_until_signal(lambda: _from_cluster(options, target, selection, wishes))
    return code if done and code is not None else ExitCode.INTERRUPTED


def _wishes(options: argparse.Namespace) -> GatewayWishes:
    from canarytui.migration.gateways import named_gateway
    from canarytui.migration.targets import target_named
    from canarytui.migration.to_gateway_api import GatewayWishes

    given = (("--from", options.provider), ("--gateway", options.gateway), ("--mesh", options.mesh))
    if not target_named(options.to).routes and (flag := next((name for name, value in given if value), "")):
        raise UsageError(words.ONLY_GATEWAY_API.text(flag=flag, target=options.to))
    gateway = named_gateway(options.gateway) if options.gateway else None
    if options.gateway and gateway is None:
        raise UsageError(words.NO_GATEWAY.text(given=clean(options.gateway, 120)))
    return GatewayWishes(options.provider, gateway, options.mesh)


def _from_files(
    options: argparse.Namespace, target: MigrationTarget, selection: CanarySelection, wishes: GatewayWishes
) -> int:
    from canarytui.cluster.manifest_files import file_names, file_objects
    from canarytui.migration.objects import ObjectSet

    files = file_names(options.filename)
    objects = ObjectSet(file_objects(options.filename), namespace=options.namespace or _DEFAULT_NAMESPACE)
    if not objects.all(target.moves):
        raise ConfigError(words.NONE_IN_FILES.text(kind=target.moves.kind, files=files, target=target.name))
    return _print(
        options, target, _chosen(target, objects, selection, words.IN_FILES.text(files=files)), objects, wishes
    )


async def _from_cluster(
    options: argparse.Namespace, target: MigrationTarget, selection: CanarySelection, wishes: GatewayWishes
) -> int:
    from canarytui.cli.migrate_reading import read_for
    from canarytui.cluster.client import ClusterTarget, connect

    cluster = await connect(
        ClusterTarget(kubeconfig=options.kubeconfig, context=options.context, terminal=True, read_only=True)
    )
    try:
        objects, namespace = await read_for(cluster, target, selection, wishes, everywhere=options.all_namespaces)
    finally:
        await cluster.close()
    where = words.IN_NAMESPACE.text(namespace=clean(namespace, 100)) if namespace else words.IN_ALL.text()
    if not objects.all(target.moves):
        raise UsageError(words.NONE_IN_CLUSTER.text(kind=target.moves.kind, where=where, target=target.name))
    return _print(options, target, _chosen(target, objects, selection, where), objects, wishes)


_DEFAULT_NAMESPACE = "default"


def _chosen(
    target: MigrationTarget, objects: ObjectSet, selection: CanarySelection, where: str
) -> list[KubernetesObject]:
    from canarytui.migration.objects import name_of

    by_key = {(objects.namespace_of(each), name_of(each)): each for each in objects.all(target.moves)}
    found, missing = selection.chosen(by_key)
    if missing or not found:
        names = ", ".join(clean(name, 120) for name in missing)
        raise UsageError(words.NOT_THERE.text(kind=target.moves.kind, names=names, where=where).replace("  ", " "))
    return [_placed(by_key[key], key[0]) for key in found]


def _placed(obj: KubernetesObject, namespace: str) -> KubernetesObject:
    return {**obj, "metadata": {**obj["metadata"], "namespace": namespace}}


def _print(
    options: argparse.Namespace,
    target: MigrationTarget,
    moving: Sequence[KubernetesObject],
    objects: ObjectSet,
    wishes: GatewayWishes,
) -> int:
    """Print what can move, and say of the others why not; the exit code."""
    from canarytui.migration.text import migration_lines

    migrations, code = [], int(ExitCode.DONE)
    for each in moving:
        try:
            migrations.append(target.translate(each, objects, wishes))
        except CanarytuiError as error:
            complain(error)
            code = ExitCode.ERROR
    for line in migration_lines(migrations, options.output):
        say(line)
    return code
