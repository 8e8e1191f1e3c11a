"""Every registered metric provider can be built, and none is imported before it is needed."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from canarytui.cluster.client import Cluster
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.base import MetricProvider
from canarytui.metrics.providers.registry import PROVIDERS, is_known, open_provider, provider_class


@pytest.mark.parametrize("type_", sorted(PROVIDERS))
async def test_a_registered_provider_can_be_built(lone_cluster: Cluster, type_: str) -> None:
    found = provider_class(type_)
    assert issubclass(found, MetricProvider)
    assert not inspect.isabstract(found)
    made = open_provider(lone_cluster, ProviderSpec(type_, "http://127.0.0.1:9"))
    assert made.spec.type == type_
    assert isinstance(made.batched(), MetricProvider)


@pytest.mark.parametrize("type_", sorted(PROVIDERS))
def test_a_configuration_error_is_text(type_: str) -> None:
    for spec in (ProviderSpec(type_), ProviderSpec(type_, credentials={}), ProviderSpec(type_, "http://p.test")):
        assert isinstance(provider_class(type_).configuration_error(spec), str)


def test_the_default_type_is_registered_and_others_are_not_known() -> None:
    assert is_known(PROMETHEUS)
    assert not is_known("nobody")


def test_no_provider_is_imported_for_the_registry() -> None:
    code = (
        "import sys, canarytui.session.metric_poller, canarytui.metrics.template_provider\n"
        "print([name for name in sys.modules if name.startswith('canarytui.metrics.providers.')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "['canarytui.metrics.providers.base', 'canarytui.metrics.providers.registry']"


def test_no_vendors_sdk_is_loaded_before_it_is_needed() -> None:
    """The controller's rights import every provider, and a console those of its templates: botocore takes 0.3 s."""
    code = (
        "import sys, canarytui.cluster.client; from canarytui.metrics.providers import registry\n"
        "registry.provider_class('prometheus')\n"
        "before = set(sys.modules)\n"
        "for name in registry.PROVIDERS: registry.provider_class(name)\n"
        "print({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "{'canarytui'}"
