"""Which built-in resource follows which strategy; all others follow the plain one."""

from __future__ import annotations

from canarytui.sandbox.apiserver.types.kinds import plain_objects, workloads
from canarytui.sandbox.apiserver.types.kinds.definitions import DefinitionStrategy
from canarytui.sandbox.apiserver.types.kinds.pods import PodStrategy
from canarytui.sandbox.apiserver.types.kinds.services import ServiceStrategy
from canarytui.sandbox.apiserver.types.strategy import Strategy

STRATEGIES: dict[tuple[str, str], type[Strategy]] = {
    ("", "namespaces"): plain_objects.NamespaceStrategy,
    ("", "pods"): PodStrategy,
    ("", "services"): ServiceStrategy,
    ("", "configmaps"): plain_objects.ConfigMapStrategy,
    ("", "secrets"): plain_objects.SecretStrategy,
    ("", "events"): plain_objects.EventStrategy,
    ("events.k8s.io", "events"): plain_objects.NewEventStrategy,
    ("", "replicationcontrollers"): workloads.ReplicationControllerStrategy,
    ("apps", "deployments"): workloads.DeploymentStrategy,
    ("apps", "replicasets"): workloads.ReplicaSetStrategy,
    ("apps", "daemonsets"): workloads.DaemonSetStrategy,
    ("apps", "statefulsets"): workloads.StatefulSetStrategy,
    ("batch", "jobs"): workloads.JobStrategy,
    ("batch", "cronjobs"): workloads.CronJobStrategy,
    ("autoscaling", "horizontalpodautoscalers"): plain_objects.AutoscalerStrategy,
    ("networking.k8s.io", "ingresses"): plain_objects.GenerationStrategy,
    ("networking.k8s.io", "networkpolicies"): plain_objects.NetworkPolicyStrategy,
    ("policy", "poddisruptionbudgets"): plain_objects.DisruptionBudgetStrategy,
    ("rbac.authorization.k8s.io", "roles"): plain_objects.RoleStrategy,
    ("rbac.authorization.k8s.io", "clusterroles"): plain_objects.RoleStrategy,
    ("rbac.authorization.k8s.io", "rolebindings"): plain_objects.RoleBindingStrategy,
    ("rbac.authorization.k8s.io", "clusterrolebindings"): plain_objects.RoleBindingStrategy,
    ("apiextensions.k8s.io", "customresourcedefinitions"): DefinitionStrategy,
}
