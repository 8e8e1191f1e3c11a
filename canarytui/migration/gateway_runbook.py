"""The steps that take a canary to the Gateway API without a moment at which nobody routes its traffic."""

from __future__ import annotations

from shlex import quote

from canarytui.domain.rollout.situation import ACTIVE_PHASES
from canarytui.domain.spec.canary import Canary
from canarytui.domain.traffic.gatewayapi import GROUP, HTTP_ROUTES
from canarytui.domain.traffic.provider import TrafficProvider
from canarytui.migration.gateways import ParentChoice
from canarytui.migration.route_draft import RouteDraft
from canarytui.migration.runbook import RunbookStep

RESTING = "Initialized, Succeeded or Failed"


def in_progress(canary: Canary) -> tuple[str, ...]:
    """A sentence where a rollout is in progress."""
    phase = canary.status.phase
    if phase not in ACTIVE_PHASES:
        return ()
    return (f"A rollout is in progress ({phase}, {canary.status.canary_weight} %): change nothing until it has ended.",)


def nothing_in_progress(canary: Canary) -> RunbookStep:
    """The first step of every migration of a canary."""
    of = f"-n {canary.namespace}"
    return RunbookStep(
        "Do not start while a rollout is in progress. Hold new revisions until the last step, and save the Canary.",
        (f"kubectl {of} get canary {canary.name} -o yaml | grep -v '^ *resourceVersion:' > {canary.name}-before.yaml",),
        ((f"kubectl {of} get canary {canary.name} -o jsonpath='{{.status.phase}}'", f"{RESTING}. Otherwise wait."),),
    )


def gateway_runbook(
    canary: Canary, record: TrafficProvider, draft: RouteDraft, parents: ParentChoice
) -> tuple[RunbookStep, ...]:
    """In order; `draft` says what is old."""
    edge = all(each.get("group", GROUP) == GROUP for each in parents.refs)
    steps = (nothing_in_progress(canary), _prepare(parents, edge), _apply(canary))
    if edge:
        return (*steps, _try(canary, draft, parents), _move(record, draft), _rehearse(canary), _remove(canary, draft))
    return (*steps, _remove(canary, draft), _rehearse(canary))


def _prepare(parents: ParentChoice, edge: bool) -> RunbookStep:
    check = [(f"kubectl get crd {HTTP_ROUTES.full_name}", "it is there (Gateway API v1 or later)")]
    for ref in parents.refs if edge and not parents.is_open else ():
        where = f"-n {quote(ref['namespace'])} " if ref.get("namespace") else ""
        command = f"kubectl {where}wait gateway/{quote(ref['name'])} --for=condition=Programmed --timeout=60s"
        check.append((command, "condition met. Its listeners must have the hosts and certificates named above"))
    if not edge:
        check.append(
            ("kubectl get crd " + HTTP_ROUTES.full_name + " -o yaml | grep bundle-version", "what your mesh supports")
        )
    if parents.is_open:
        title = "Choose a Gateway and put it into spec.service.gatewayRefs: the API server refuses the placeholder."
        return RunbookStep(title, check=tuple(check))
    title = "Check that the Gateway is ready." if edge else "Check that the mesh supports HTTPRoutes."
    return RunbookStep(title, check=tuple(check))


def _apply(canary: Canary) -> RunbookStep:
    of, route = f"-n {canary.namespace}", f"{HTTP_ROUTES.plural.removesuffix('s')} {canary.apex_name}"
    parents = "{range .status.parents[*].conditions[*]}{.type}={.status} {end}"
    return RunbookStep(
        "Save the manifests as migrated.yaml and apply them (or commit them, if GitOps or Helm manages the Canary). "
        "The target is unchanged, so no rollout starts. At its next tick Flagger creates the HTTPRoute with all "
        "traffic on the primary; the old objects stay, also at 100 % primary.",
        ("kubectl apply -f migrated.yaml",),
        (
            (f"kubectl {of} get {route} -o jsonpath='{parents}'", "Accepted=True ResolvedRefs=True"),
            (
                f"kubectl {of} get canary {canary.name} -o yaml",
                f"{RESTING}, as before, and no field that was left out; "
                "apply keeps those that it did not write: then use kubectl replace",
            ),
            (f"kubectl {of} get events --field-selector involvedObject.name={canary.name},type=Warning", "nothing new"),
        ),
        (f"kubectl apply -f {canary.name}-before.yaml && kubectl {of} delete {route}",),
    )


def _try(canary: Canary, draft: RouteDraft, parents: ParentChoice) -> RunbookStep:
    host = quote(next(iter(draft.hosts or ()), "HOST").replace("*", "any"))
    ref = parents.refs[0]
    gateway = (
        "GATEWAY" if parents.is_open else f"{quote(ref['name'])} -n {quote(ref.get('namespace', canary.namespace))}"
    )
    scheme, port = ("https", 443) if draft.secured else ("http", 80)
    return RunbookStep(
        "Test through the Gateway. Users still arrive the old way.",
        (f"ADDRESS=$(kubectl get gateway {gateway} -o jsonpath='{{.status.addresses[0].value}}')",),
        (
            (
                f"curl --connect-to {host}:{port}:$ADDRESS:{port} {scheme}://{host}/",
                "the same answer as without --connect-to. Repeat it for every path and header listed above",
            ),
        ),
    )


def _move(record: TrafficProvider, draft: RouteDraft) -> RunbookStep:
    host = quote(next((each for each in draft.hosts or () if "*" not in each), "HOST"))
    return RunbookStep(
        f"Move the users: point DNS or the load balancer at the Gateway instead of {record.title}. Both lead to the "
        "primary, so this can take as long as DNS needs. Start no rollout before it is done: requests that still "
        "arrive the old way would not be split.",
        (),
        ((f"dig +short {host}", "the Gateway's address; then wait for as long as the old answer may be cached (TTL)"),),
        ("point DNS or the load balancer back: the old objects are still there",),
    )


def _rehearse(canary: Canary) -> RunbookStep:
    name = f"{canary.namespace}/{canary.name}"
    return RunbookStep(
        "Watch one rollout to its end, then release new revisions again.",
        (f"canarytui trigger {name} --restart",),
        (
            (f"canarytui describe {name}", "while it runs: every check has a value"),
            (f"canarytui status {name} --watch", "Succeeded; the weights of the HTTPRoute change with each step"),
            (f"kubectl -n {canary.namespace} get httproute {canary.apex_name} -o yaml", "two weighted backendRefs"),
        ),
        (f"canarytui rollback {name}",),
    )


def _remove(canary: Canary, draft: RouteDraft) -> RunbookStep:
    def delete(kind: str, name: str, namespace: str) -> str:
        return f"kubectl {f'-n {quote(namespace)} ' if namespace else ''}delete {kind} {quote(name)}"

    return RunbookStep(
        "Delete the old objects: nothing updates them any more, and they may override the route. Delete your own only "
        "if nothing else depends on them.",
        tuple(delete(*each) for each in dict.fromkeys(draft.old)),
        tuple(draft.checks),
        ("apply your own objects again, then go back as in step 3: Flagger re-creates its own",),
    )
