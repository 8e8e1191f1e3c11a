"""The rules that only a live cluster is held to, by `doctor`; lint reads them to know what may be silenced."""

from __future__ import annotations

from collections.abc import Mapping

from canarytui.domain.findings.finding import Rule, Severity

CONTROLLER_NONE = Rule("controller-none", Severity.ERROR, "No controller reconciles the canaries.")
CONTROLLER_NOT_READY = Rule("controller-not-ready", Severity.ERROR, "The controller's Deployment has no ready pod.")
CONTROLLER_SEVERAL = Rule("controller-several", Severity.ERROR, "Several controllers reconcile the same canaries.")
CONTROLLER_LEASE_STALE = Rule("controller-lease-stale", Severity.WARNING, "The controller does not renew its Lease.")
ANNOTATION_NOT_OBEYED = Rule(
    "annotation-not-obeyed", Severity.WARNING, "The controller here does not obey an annotation of the canary."
)
CRD_MISSING = Rule("crd-missing", Severity.ERROR, "The API server does not serve a kind that the canary needs.")
CRD_OLD = Rule("crd-old", Severity.WARNING, "A custom resource definition is older than what is used of it.")
RIGHT_MISSING = Rule("right-missing", Severity.NOTE, "You may not do something that canarytui does for you.")
CONTROLLER_RIGHT_MISSING = Rule(
    "controller-right-missing", Severity.ERROR, "The controller may not write what a rollout needs."
)
CLOCK_SKEW = Rule("clock-skew", Severity.WARNING, "Two clocks differ by more than five seconds.")
TARGET_MISSING = Rule("target-missing", Severity.ERROR, "The workload that the canary names does not exist.")
PRIMARY_MISSING = Rule("primary-missing", Severity.ERROR, "The primary, which serves users, is gone.")
PRIMARY_NOT_READY = Rule("primary-not-ready", Severity.ERROR, "Pods of the primary, which serves users, are not ready.")
TARGET_NOT_READY = Rule("target-not-ready", Severity.WARNING, "Pods of the new version are not ready.")
SERVICE_GONE = Rule("service-gone", Severity.ERROR, "A Service that the controller made is gone.")
ROUTING_OBJECT_MISSING = Rule("routing-object-missing", Severity.ERROR, "The object that splits the traffic is gone.")
ROUTING_WITHOUT_WEIGHTS = Rule(
    "routing-without-weights", Severity.ERROR, "The object that splits the traffic does not lead to primary and canary."
)
ROUTE_NOT_ACCEPTED = Rule(
    "route-not-accepted", Severity.ERROR, "An object that routes the canary's traffic is refused."
)
ROUTE_WITHOUT_ENTRANCE = Rule(
    "route-without-entrance", Severity.WARNING, "No route of users leads to the canary's split."
)
CHECK_NOT_ASKED = Rule("check-not-asked", Severity.WARNING, "A check's query cannot be asked from here.")
METRICS_UNREACHABLE = Rule("metrics-unreachable", Severity.ERROR, "The service that a check asks does not answer.")
QUERY_REFUSED = Rule("query-refused", Severity.ERROR, "The metrics server refuses a check's query.")
CHECK_WITHOUT_VALUES = Rule("check-without-values", Severity.ERROR, "A check's query finds no values.")
QUERY_SEVERAL_SERIES = Rule("query-several-series", Severity.WARNING, "A check's query answers several series.")
QUERY_COUNTER_RESET = Rule(
    "query-counter-reset", Severity.WARNING, "A check's query subtracts counters, and one of them was reset."
)
QUERY_UNIT = Rule("query-unit", Severity.ERROR, "A check's query and its threshold have different units.")
SCRAPE_FAILING = Rule("scrape-failing", Severity.WARNING, "Prometheus cannot scrape a target of the canary.")
WEBHOOK_SERVICE_MISSING = Rule(
    "webhook-service-missing", Severity.ERROR, "A webhook's Service does not exist, or not on this port."
)
WEBHOOK_NOT_READY = Rule("webhook-not-ready", Severity.ERROR, "Nothing is ready behind a webhook's Service.")
GATE_CLOSED = Rule("gate-closed", Severity.NOTE, "The rollout waits for a gate.")
PRIMARY_AUTOSCALER_MISSING = Rule(
    "primary-autoscaler-missing", Severity.WARNING, "The primary's autoscaler does not exist."
)
TWO_AUTOSCALERS = Rule("two-autoscalers", Severity.ERROR, "Two autoscalers scale one workload.")
AUTOSCALER_INACTIVE = Rule("autoscaler-inactive", Severity.WARNING, "The primary's autoscaler cannot scale it.")
ALERT_SECRET = Rule("alert-secret", Severity.ERROR, "An alert provider's Secret is missing, or has no address.")
GITOPS_DRIFT = Rule(
    "gitops-drift", Severity.WARNING, "Fields were written past the GitOps tool, which will revert them."
)
GITOPS_REPLICAS = Rule(
    "gitops-replicas", Severity.WARNING, "The GitOps tool sets replicas of a target that Flagger scales."
)

CLUSTER_RULES: Mapping[str, Rule] = {rule.id: rule for rule in list(globals().values()) if isinstance(rule, Rule)}
"""By id."""
