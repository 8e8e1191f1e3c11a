"""``canarytui install --print``: the YAML that runs the controller in a cluster."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

from canarytui.arguments import Parser
from canarytui.domain.sentences import command_controller as words
from canarytui.domain.traffic.selection import OWN_DEFAULT
from canarytui.errors import UsageError
from canarytui.output import say

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def parser() -> argparse.ArgumentParser:
    """``canarytui install …``"""
    made = Parser(
        prog="canarytui install",
        description="Print the objects that run the controller in a cluster, with no more rights than it uses.",
    )
    made.add_argument("--print", action="store_true", help="print them as YAML (nothing is applied)")
    made.add_argument("--namespace", default="canarytui-system", metavar="NS", help="where the controller runs")
    made.add_argument("--watch-namespace", default="", metavar="NS", help="control this namespace's canaries only")
    made.add_argument("--mesh-provider", default=OWN_DEFAULT, metavar="NAMES",
                      help="providers of canaries, with commas; the first is for those that name none")  # fmt: skip
    made.add_argument("--metrics-server", default="http://prometheus:9090", metavar="URL", help="Prometheus")
    made.add_argument("--image", default="", metavar="IMAGE", help="image with canarytui on its PATH")
    made.add_argument("--replicas", type=int, default=1, metavar="N", help="one acts, the others wait (default: 1)")
    made.add_argument("--cluster-name", default="", metavar="NAME", help="named in every alert")
    made.add_argument("--alert-link", default="", metavar="TEMPLATE",
                      help="URL in every alert; {{ namespace }}, {{ name }} … are filled in")  # fmt: skip
    made.add_argument("--crds", action="store_true", help="add Flagger's CustomResourceDefinitions")
    return made


def run(arguments: Sequence[str]) -> int:
    """Print; the exit code."""
    given = parser().parse_args(arguments)
    if not given.print:
        raise UsageError(words.NOTHING_APPLIED.text())
    say(text(given), end="")
    return 0


def text(given: argparse.Namespace) -> str:
    """The YAML.

    Raises:
        UsageError: an option that cannot be meant.
    """
    import yaml

    from canarytui.cli.alert_options import alert_link
    from canarytui.domain.text.plain import clean
    from canarytui.domain.workloads.image_reference import problem
    from canarytui.engine.install.objects import InstallOptions, objects

    for flag, value in (("--namespace", given.namespace), ("--watch-namespace", given.watch_namespace or "x")):
        if not _NAME.fullmatch(value):
            raise UsageError(words.NO_NAMESPACE_NAME.text(flag=flag, given=repr(value)))
    if given.image and (wrong := problem(given.image)):
        raise UsageError(words.NO_IMAGE.text(given=repr(clean(given.image, 200)), wrong=wrong))
    providers = tuple(part.strip() for part in given.mesh_provider.split(",") if part.strip())
    if not providers:
        raise UsageError(words.NO_PROVIDER.text(given=repr(given.mesh_provider)))
    if given.replicas < 0:
        raise UsageError(words.TOO_FEW_REPLICAS.text(given=given.replicas))
    options = InstallOptions(
        namespace=given.namespace,
        providers=providers,
        metrics_server=given.metrics_server,
        watch_namespace=given.watch_namespace,
        replicas=given.replicas,
        cluster_name=given.cluster_name,
        alert_link=alert_link(given),
        **({"image": given.image} if given.image else {}),
    )
    made = [*(_crds() if given.crds else []), *objects(options)]
    head = words.HEAD.text() if given.crds else words.HEAD.text() + words.NO_CRDS.text()
    return head + "".join(f"---\n{yaml.dump(obj, Dumper=_plain(yaml), sort_keys=False, width=120)}" for obj in made)


def _crds() -> list[dict[str, Any]]:
    from canarytui.sandbox import manifests

    return [each for each in manifests.crds() if each["spec"]["group"] == "flagger.app"]


def _plain(yaml: Any) -> Any:
    """A dumper that writes what occurs twice twice, without anchors, and lists of words in one line."""

    class Dumper(yaml.SafeDumper):  # type: ignore[misc]  # the base is only known here
        def ignore_aliases(self, data: Any) -> bool:
            return True

        def represent_list(self, data: list[Any]) -> Any:
            words = all(isinstance(each, str) for each in data)
            return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=words)

    Dumper.add_representer(list, Dumper.represent_list)
    return Dumper
