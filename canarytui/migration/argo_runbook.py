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
            "Do not start while a rollout is in progress. Hold new revisions until the last step, and save the "
            "Rollout.",
            (f"kubectl {of} get rollout {name} -o yaml > {name}-before.yaml",),
            ((f"kubectl {of} get rollout {name} -o jsonpath='{{.status.phase}}'", "Healthy. Otherwise wait."),),
        ),
        RunbookStep(
            "Save the manifests as migrated.yaml and apply them. Flagger creates the primary, a copy of the "
            "Deployment, and its Services. Users stay on the Rollout.",
            (*scale, "kubectl apply -f migrated.yaml"),
            (
                *(() if waits else (initialised,)),
                (f"kubectl {of} get deployment {target}-primary", f"READY {replicas}/{replicas}"),
            ),
            (f"kubectl {of} delete canary {target}",),
        ),
        RunbookStep(
            f"Move the users: point your Ingress, route or mesh at Service {apex} instead of the Rollout's, and delete "
            "what Argo Rollouts created to split traffic (a canary Ingress, for example). Start no rollout before it "
            "is done, on either side.",
            (),
            (
                (f"kubectl {of} get endpoints {apex}", f"the pods of {target}-primary"),
                *((initialised,) if waits else ()),
            ),
            ("point it back: the Rollout still runs",),
        ),
        _rehearsal(namespace, target),
        RunbookStep(
            "Scale the Rollout to zero; delete it when you are sure.",
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
            "Pause Flagger for this canary, save the manifests as migrated.yaml, and apply them. Users stay on the "
            "primary; the Rollout runs beside it.",
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
            f"Move the users: point your Ingress, route or mesh at Service {stable} instead of {canary.apex_name}. "
            "Start no rollout before it is done.",
            (),
            ((f"kubectl {of} logs -l rollouts-pod-template-hash --prefix --since=1m", "the users' requests"),),
            ("point it back: the primary still runs",),
        ),
        RunbookStep(
            "Watch one rollout to its end, then release new revisions again.",
            (f"kubectl argo rollouts {of} restart {name}", "# then release a new image as usual"),
            ((f"kubectl argo rollouts {of} get rollout {name} --watch", "Healthy, after every step"),),
            (f"kubectl argo rollouts {of} abort {name}",),
        ),
        RunbookStep(
            "Delete the Canary; its primary and Services go with it. Without spec.revertOnDeletion the target stays "
            "at zero replicas, as the Rollout needs it.",
            (f"kubectl {of} delete canary {canary.name}",),
            ((f"kubectl {of} get deployment,service,rollout", f"neither {name}-primary nor Services of Flagger's"),),
            (f"kubectl apply -f {canary.name}-before.yaml, scale {name} up, and lead the users back",),
        ),
    )


def _rehearsal(namespace: str, target: str) -> RunbookStep:
    return RunbookStep(
        "Watch one rollout to its end, then release new revisions again.",
        (f"canarytui trigger {namespace}/{target} --restart",),
        (
            (f"canarytui describe {namespace}/{target}", "while it runs: every check has a value"),
            (f"canarytui status {namespace}/{target} --watch", "Succeeded"),
        ),
        (f"canarytui rollback {namespace}/{target}",),
    )
