"""The steps between Argo Rollouts and Flagger: both run side by side, and traffic moves last."""

from __future__ import annotations

from canarytui.domain.spec.canary import Canary
from canarytui.migration.gateway_runbook import nothing_in_progress
from canarytui.migration.runbook import RunbookStep


def to_flagger_runbook(
    name: str, target: str, apex: str, namespace: str, replicas: int, *, with_deployment: bool, waits: bool
) -> tuple[RunbookStep, ...]:
    """For the Rollout `name`; `with_deployment`: the manifests have the Deployment; `waits`: Flagger goes on only once
    the user's object leads to its Service."""
    initialised = f"kubectl -n {namespace} wait canary/{target} --for=condition=Promoted --timeout=5m", "condition met"
    of = f"-n {namespace}"
    scale = () if with_deployment else (f"kubectl {of} scale deployment {target} --replicas={replicas}",)
    return (
        RunbookStep(
            "Nothing moves while a rollout is in progress: hold back new revisions until the last step.",
            (f"kubectl {of} get rollout {name} -o yaml > {name}-before.yaml",),
            ((f"kubectl {of} get rollout {name} -o jsonpath='{{.status.phase}}'", "Healthy. Otherwise wait."),),
        ),
        RunbookStep(
            "Apply the manifests. Flagger makes a copy of the Deployment (-primary) and its Services; the Rollout "
            "still has all users.",
            (*scale, "kubectl apply -f migrated.yaml"),
            (
                *(() if waits else (initialised,)),
                (f"kubectl {of} get deployment {target}-primary", f"READY {replicas}/{replicas}"),
            ),
            (f"kubectl {of} delete canary {target}",),
        ),
        RunbookStep(
            f"Move the users: lead your Ingress, route or mesh to Service {apex} instead of the Rollout's, and delete "
            "what Argo Rollouts made beside it to split traffic (a canary Ingress, for example). Until it is done no "
            "rollout may start, on either side.",
            (),
            (
                (f"kubectl {of} get endpoints {apex}", f"the pods of {target}-primary"),
                *((initialised,) if waits else ()),
                (f"canarytui describe {namespace}/{target}", "its checks have values"),
            ),
            ("lead it back: the Rollout still runs",),
        ),
        _rehearsal(namespace, target),
        RunbookStep(
            "Retire the Rollout: first to zero, then, after some days, away.",
            (f"kubectl {of} scale rollout {name} --replicas=0", f"kubectl {of} delete rollout {name}"),
            ((f"kubectl {of} get pods", f"only pods of {target}-primary, and of load testers and the like"),),
            (f"kubectl {of} scale rollout {name} --replicas={replicas}, and the users back as in step 3",),
        ),
    )


def to_argo_runbook(canary: Canary, replicas: int) -> tuple[RunbookStep, ...]:
    """For a canary whose Rollout has its target's name."""
    of, name = f"-n {canary.namespace}", canary.target_name
    stable = f"{canary.apex_name}-rollout-stable"
    return (
        nothing_in_progress(canary),
        RunbookStep(
            "Pause Flagger for this canary, and apply the manifests. The primary still has all users; the Rollout runs "
            "beside it.",
            (
                f'kubectl {of} patch canary {canary.name} --type merge -p \'{{"spec":{{"suspend":true}}}}\'',
                "kubectl apply -f migrated.yaml",
            ),
            (
                (f"kubectl argo rollouts {of} status {name}", "Healthy"),
                (f"kubectl {of} get endpoints {stable}", f"{replicas} of the Rollout's pods"),
            ),
            (
                f"kubectl {of} delete rollout {name}",
                f'kubectl {of} patch canary {canary.name} --type merge -p \'{{"spec":{{"suspend":false}}}}\'',
            ),
        ),
        RunbookStep(
            f"Move the users: lead your Ingress, route or mesh to Service {stable} instead of {canary.apex_name}. "
            "Until it is done no rollout may start.",
            (),
            ((f"kubectl argo rollouts {of} get rollout {name}", "its pods have the requests"),),
            ("lead it back: the primary still runs",),
        ),
        RunbookStep(
            "Let one rollout pass under your eyes.",
            (f"kubectl argo rollouts {of} restart {name}", "then a new image, by your usual way"),
            ((f"kubectl argo rollouts {of} get rollout {name} --watch", "Healthy, after every step"),),
            (f"kubectl argo rollouts {of} abort {name}",),
        ),
        RunbookStep(
            "Delete the Canary: its primary and Services go with it. Without spec.revertOnDeletion the target stays at "
            "zero, which the Rollout wants.",
            (f"kubectl {of} delete canary {canary.name}",),
            ((f"kubectl {of} get deployment,service,rollout", f"neither {name}-primary nor Services of Flagger's"),),
            (f"kubectl apply -f {canary.name}-before.yaml, scale {name} up, and lead the users back",),
        ),
    )


def _rehearsal(namespace: str, target: str) -> RunbookStep:
    return RunbookStep(
        "Let one rollout pass under your eyes.",
        (f"canarytui trigger {namespace}/{target} --restart",),
        ((f"canarytui status {namespace}/{target} --watch", "Succeeded"),),
        (f"canarytui rollback {namespace}/{target}",),
    )
