"""A Canary object as small frozen values: its spec and its status.

The engine, the console and the command line parse it once from the API object. Absent and empty fields get Flagger's
defaults; a field of the wrong type is an error that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from canarytui.domain.sentences import invalid
from canarytui.domain.spec.analysis import AlertTarget, Analysis, Metric, Webhook, parse_analysis
from canarytui.domain.spec.fields import INT32_MOST, ObjectFields
from canarytui.domain.spec.phases import Phase
from canarytui.domain.values import as_mapping, parse_time
from canarytui.errors import InvalidObject
from canarytui.whole_number import whole_number

__all__ = [
    "AlertTarget",
    "Analysis",
    "Canary",
    "CanarySpec",
    "CanaryStatus",
    "Metric",
    "ServiceSpec",
    "TargetRef",
    "Webhook",
]

DEFAULT_PROGRESS_DEADLINE_S = 600


class TargetRef(Struct, frozen=True):
    """``targetRef`` or ``autoscalerRef``."""

    api_version: str
    kind: str
    name: str

    @property
    def is_service(self) -> bool:
        """Whether it is a Service of Kubernetes' own."""
        return self.kind == "Service" and "/" not in self.api_version.removeprefix("core/")


class ServiceSpec(Struct, frozen=True):
    """``spec.service``. Without `name` the target's name is used; `target_port` may be a name."""

    name: str | None
    port: int
    port_name: str
    target_port: int | str
    port_discovery: bool
    app_protocol: str
    traffic_distribution: str
    headless: bool
    apex: Mapping[str, Any] | None
    primary: Mapping[str, Any] | None
    canary: Mapping[str, Any] | None
    unmanaged: Mapping[str, Any]
    raw: Mapping[str, Any]


class CanarySpec(Struct, frozen=True):
    provider: str
    metrics_server: str
    target: TargetRef
    autoscaler: TargetRef | None
    autoscaler_overrides: Mapping[str, Any]
    ingress_name: str
    route_name: str
    service: ServiceSpec
    analysis: Analysis
    progress_deadline_s: int
    suspend: bool
    skip_analysis: bool
    revert_on_deletion: bool


class CanaryStatus(Struct, frozen=True):
    """`last_transition_time` is the last write; `tracked_configs` is None when never recorded."""

    phase: Phase
    canary_weight: int
    failed_checks: int
    iterations: int
    last_applied_spec: str
    last_promoted_spec: str
    tracked_configs: Mapping[str, str] | None
    last_transition_time: datetime | None
    conditions: tuple[Mapping[str, Any], ...]


class Canary(Struct, frozen=True):
    """One canary. `raw` is the object it was parsed from; do not change it."""

    name: str
    namespace: str
    uid: str
    generation: int
    resource_version: str
    deleting: bool
    finalizers: tuple[str, ...]
    spec: CanarySpec
    status: CanaryStatus
    raw: Mapping[str, Any]

    @classmethod
    def parse(cls, obj: Mapping[str, Any], earlier: object = None) -> Canary:
        """Parse an API object. Reuses the spec of an `earlier` parsed version when it is equal: controllers write the
        status all the time, people rarely write the spec.

        Raises:
            InvalidObject: a field is missing or of the wrong type; the message names it.
        """
        metadata = ObjectFields("Canary", "metadata", as_mapping(obj.get("metadata")))
        name, namespace = metadata.text("name"), metadata.text("namespace")
        owner = f"Canary {namespace}/{name}"
        spec = obj.get("spec")
        if not isinstance(spec, Mapping):
            raise InvalidObject(invalid.NO_SPEC.text(owner=owner))
        return cls(
            name=name,
            namespace=namespace,
            uid=metadata.text("uid"),
            generation=metadata.whole("generation"),
            resource_version=metadata.text("resourceVersion"),
            deleting=bool(metadata.values.get("deletionTimestamp")),
            finalizers=tuple(str(item) for item in metadata.values.get("finalizers") or ()),
            spec=earlier.spec
            if isinstance(earlier, Canary) and earlier.raw["spec"] == spec
            else _spec(ObjectFields(owner, "spec", spec)),
            status=_status(ObjectFields(owner, "status", as_mapping(obj.get("status")))),
            raw=obj,
        )

    @property
    def full_name(self) -> str:
        """``name.namespace``, as in Flagger's messages."""
        return f"{self.name}.{self.namespace}"

    @property
    def target_name(self) -> str:
        return self.spec.target.name

    @property
    def primary_name(self) -> str:
        """The primary workload: Flagger's copy of the target."""
        return f"{self.spec.target.name}-primary"

    @property
    def apex_name(self) -> str:
        """The Service that users call, and the router object of the same name."""
        return self.spec.service.name or self.spec.target.name

    @property
    def primary_service_name(self) -> str:
        return f"{self.apex_name}-primary"

    @property
    def canary_service_name(self) -> str:
        return f"{self.apex_name}-canary"


def _spec(fields: ObjectFields) -> CanarySpec:
    if not isinstance(fields.values.get("analysis"), Mapping):
        raise InvalidObject(invalid.NO_ANALYSIS.text(owner=fields.owner))
    autoscaler = fields.part("autoscalerRef")
    return CanarySpec(
        provider=fields.text("provider"),
        metrics_server=fields.text("metricsServer"),
        target=_reference(fields.part("targetRef")),
        autoscaler=_reference(autoscaler) if autoscaler.values else None,
        autoscaler_overrides=autoscaler.values,
        ingress_name=fields.part("ingressRef").text("name"),
        route_name=fields.part("routeRef").text("name"),
        service=_service(fields.part("service")),
        analysis=parse_analysis(fields.part("analysis")),
        progress_deadline_s=fields.whole("progressDeadlineSeconds", DEFAULT_PROGRESS_DEADLINE_S, INT32_MOST),
        suspend=fields.flag("suspend"),
        skip_analysis=fields.flag("skipAnalysis"),
        revert_on_deletion=fields.flag("revertOnDeletion"),
    )


def _reference(fields: ObjectFields) -> TargetRef:
    return TargetRef(api_version=fields.text("apiVersion"), kind=fields.required("kind"), name=fields.required("name"))


def _service(fields: ObjectFields) -> ServiceSpec:
    port = fields.whole("port")
    target_port = fields.values.get("targetPort") or port
    if isinstance(target_port, str) and (number := whole_number(target_port)) is not None:
        target_port = number or port
    if not isinstance(target_port, str):
        target_port = fields.as_whole("targetPort", target_port)
    return ServiceSpec(
        name=fields.text("name") or None,
        port=port,
        port_name=fields.text("portName") or "http",
        target_port=target_port,
        port_discovery=fields.flag("portDiscovery"),
        app_protocol=fields.text("appProtocol"),
        traffic_distribution=fields.text("trafficDistribution"),
        headless=fields.flag("headless"),
        apex=fields.values.get("apex"),
        primary=fields.values.get("primary"),
        canary=fields.values.get("canary"),
        unmanaged=fields.part("unmanagedMetadata").values,
        raw=fields.values,
    )


def _status(fields: ObjectFields) -> CanaryStatus:
    phase = fields.text("phase")
    try:
        known = Phase(phase)
    except ValueError:
        raise fields.wrong("phase", invalid.PHASE.text(), phase) from None
    tracked = fields.values.get("trackedConfigs")
    return CanaryStatus(
        phase=known,
        canary_weight=fields.whole("canaryWeight"),
        failed_checks=fields.whole("failedChecks"),
        iterations=fields.whole("iterations"),
        last_applied_spec=fields.text("lastAppliedSpec"),
        last_promoted_spec=fields.text("lastPromotedSpec"),
        tracked_configs=fields.texts("trackedConfigs") if tracked is not None else None,
        last_transition_time=parse_time(fields.values.get("lastTransitionTime")),
        conditions=tuple(part.values for part in fields.parts("conditions")),
    )
