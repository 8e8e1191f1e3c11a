"""Which module serves a MetricTemplate's ``provider.type``. Adding a metric provider takes one line here.

Modules are imported when a template needs them: some bring a vendor's SDK, and the first list waits for none.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING

from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.base import MetricProvider

if TYPE_CHECKING:
    from canarytui.cluster.client import Cluster

PROVIDERS = {
    "cloudwatch": "canarytui.metrics.providers.cloudwatch:CloudWatchProvider",
    "datadog": "canarytui.metrics.providers.datadog:DatadogProvider",
    "dynatrace": "canarytui.metrics.providers.dynatrace:DynatraceProvider",
    "externalmetrics": "canarytui.metrics.providers.external_metrics:ExternalMetricsProvider",
    "graphite": "canarytui.metrics.providers.graphite:GraphiteProvider",
    "influxdb": "canarytui.metrics.providers.influxdb:InfluxdbProvider",
    "keptn": "canarytui.metrics.providers.keptn:KeptnProvider",
    "newrelic": "canarytui.metrics.providers.newrelic:NewRelicProvider",
    "prometheus": "canarytui.metrics.providers.prometheus:PrometheusProvider",
    "splunk": "canarytui.metrics.providers.splunk:SplunkProvider",
    "stackdriver": "canarytui.metrics.providers.stackdriver:StackdriverProvider",
}
"""``module:class`` by provider type."""


def is_known(type_: str) -> bool:
    """Whether providers of this type can be asked at all."""
    return type_ in PROVIDERS


def provider_class(type_: str) -> type[MetricProvider]:
    """The class that serves a provider type.

    Raises:
        KeyError: nobody does; see :func:`is_known`.
    """
    return _load(PROVIDERS[type_])


def open_provider(cluster: Cluster, spec: ProviderSpec) -> MetricProvider:
    """The provider that `spec` describes; asks it nothing yet.

    Raises:
        KeyError: its type is not known.
    """
    return provider_class(spec.type)(cluster, spec)


@functools.cache
def _load(place: str) -> type[MetricProvider]:
    module, _, name = place.partition(":")
    found = getattr(importlib.import_module(module), name)
    if not (isinstance(found, type) and issubclass(found, MetricProvider)):
        raise TypeError(f"{place} is no MetricProvider")
    return found
