"""The built-in kinds, one record each. A new kind is a record in a module here, and its name in the list below."""

from __future__ import annotations

from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.kinds import access, stored_only
from canarytui.sandbox.apiserver.types.kinds.autoscaling import HORIZONTAL_POD_AUTOSCALER
from canarytui.sandbox.apiserver.types.kinds.configuration import CONFIG_MAP, SECRET, SERVICE_ACCOUNT
from canarytui.sandbox.apiserver.types.kinds.definitions import CUSTOM_RESOURCE_DEFINITION
from canarytui.sandbox.apiserver.types.kinds.events import EVENT, NEW_EVENT
from canarytui.sandbox.apiserver.types.kinds.measured import NODE_METRICS, POD_METRICS
from canarytui.sandbox.apiserver.types.kinds.namespaces import NAMESPACE
from canarytui.sandbox.apiserver.types.kinds.networking import INGRESS, INGRESS_CLASS, NETWORK_POLICY
from canarytui.sandbox.apiserver.types.kinds.nodes import NODE
from canarytui.sandbox.apiserver.types.kinds.pods import POD
from canarytui.sandbox.apiserver.types.kinds.services import ENDPOINT_SLICE, ENDPOINTS, SERVICE
from canarytui.sandbox.apiserver.types.kinds.stored_workloads import (
    CRON_JOB,
    JOB,
    REPLICATION_CONTROLLER,
    STATEFUL_SET,
)
from canarytui.sandbox.apiserver.types.kinds.workloads import (
    CONTROLLER_REVISION,
    DAEMON_SET,
    DEPLOYMENT,
    REPLICA_SET,
)

BUILTIN_KINDS: tuple[ResourceKind, ...] = (
    NAMESPACE, POD, SERVICE, ENDPOINTS, CONFIG_MAP, SECRET, EVENT, SERVICE_ACCOUNT, NODE, REPLICATION_CONTROLLER,
    *stored_only.CORE,
    DEPLOYMENT, REPLICA_SET, DAEMON_SET, STATEFUL_SET, CONTROLLER_REVISION,
    HORIZONTAL_POD_AUTOSCALER,
    JOB, CRON_JOB,
    INGRESS, INGRESS_CLASS, NETWORK_POLICY, ENDPOINT_SLICE,
    *access.REVIEWS, access.ROLE, access.ROLE_BINDING, access.CLUSTER_ROLE, access.CLUSTER_ROLE_BINDING,
    NEW_EVENT, stored_only.DISRUPTION_BUDGET, stored_only.LEASE, *stored_only.CLUSTER,
    CUSTOM_RESOURCE_DEFINITION, NODE_METRICS, POD_METRICS,
)  # fmt: skip
"""In the order in which discovery lists their groups."""
