"""From ingress-nginx: the user's Ingress (``spec.ingressRef``) and its annotations."""

from __future__ import annotations

import re
from typing import Any

from canarytui.domain.traffic.ingresses import INGRESSES, canary_ingress
from canarytui.domain.traffic.nginx import ANNOTATIONS
from canarytui.domain.values import KubernetesObject, as_mapping, as_mappings, as_text, as_texts
from canarytui.migration import nginx_annotations
from canarytui.migration.counterparts import annotations_of, note
from canarytui.migration.ingress_paths import IngressPaths, http_route, ingress_paths, other_routes
from canarytui.migration.route_draft import RouteDraft, RouteSource

_ALWAYS = "always"
"""What a header or cookie says that ingress-nginx is told no value of."""

_KUBECTL = "kubectl.kubernetes.io/last-applied-configuration"
_ELSEWHERE = {
    "cert-manager.io/": "cert-manager reads it on the Gateway, whose listener gets the certificate",
    "external-dns.alpha.kubernetes.io/": "external-dns reads routes, too, if it has --source=gateway-httproute",
    "kubernetes.io/ingress.class": "the Gateway's gatewayClassName takes its place",
}


def from_nginx(source: RouteSource) -> RouteDraft:
    """Hosts, paths and the annotations of the Ingress."""
    canary, draft = source.canary, RouteDraft()
    name = canary.spec.ingress_name or canary.target_name
    _match(source, draft)
    draft.old += [(INGRESSES.plural, each, canary.namespace) for each in (*canary_ingress(canary), name)]
    ingress = source.objects.find(INGRESSES, canary.namespace, name)
    if ingress is None:
        draft.decide.append(
            f"Ingress {name} of namespace {canary.namespace} was not found: hosts, paths and its annotations are "
            "missing from what is printed. Give it with -f, too."
        )
        return draft
    given = nginx_annotations.short_names(annotations_of(ingress))
    target = given.get("rewrite-target", "")
    paths = ingress_paths(ingress, canary.apex_name, regex=given.get("use-regex") == "true", target=target)
    aliases = [each.strip() for each in given.get("server-alias", "").split(",") if each.strip()]
    draft.hosts = tuple(dict.fromkeys([*filter(None, paths.hosts), *aliases]))
    draft.secured = bool(paths.secured & set(paths.hosts))
    draft.missing += paths.missing
    draft.changed += paths.changed
    if not paths.hosts:
        draft.decide.append(f"Ingress {name} has no path that leads to Service {canary.apex_name}.")
    _service(ingress, given, paths, draft)
    _lost(ingress, given, draft)
    _tls(ingress, draft)
    if any(host.startswith("*.") for host in draft.hosts):
        text = "in a route *. stands for any number of labels, in an Ingress for one"
        draft.changed.append(note(ingress, "spec.rules", ", ".join(draft.hosts), text))
    return draft


def with_parents(
    source: RouteSource, draft: RouteDraft, refs: list[dict[str, Any]], plain: dict[str, Any] | None
) -> None:
    """Add the HTTPRoutes that the Ingress is beside the canary: to other Services, and the redirect to TLS."""
    canary = source.canary
    name = canary.spec.ingress_name or canary.target_name
    ingress = source.objects.find(INGRESSES, canary.namespace, name)
    if ingress is None:
        return
    given = nginx_annotations.short_names(annotations_of(ingress))
    regex, target = given.get("use-regex") == "true", given.get("rewrite-target", "")
    paths = ingress_paths(ingress, canary.apex_name, regex=regex, target=target)
    routes, missing = other_routes(ingress, paths, refs, source.objects, canary.namespace, regex=regex, target=target)
    draft.extra += routes
    draft.missing += missing
    if nginx_annotations.redirects_to_tls(given, secured=draft.secured):
        if plain is None:
            text = (
                "requests by plain HTTP: make an HTTPRoute with a RequestRedirect filter for the listener without TLS"
            )
            draft.missing.append(note(ingress, "spec.tls", "redirect to TLS", text))
            return
        redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
        hosts = {"hostnames": list(draft.hosts)} if draft.hosts else {}
        spec = {"parentRefs": [plain], **hosts, "rules": [{"filters": [redirect]}]}
        draft.extra.append(http_route(f"{name}-to-tls", canary.namespace, spec))
        draft.changed.append(note(ingress, "spec.tls", None, "the redirect to TLS answers 301, ingress-nginx's 308"))


def _service(ingress: KubernetesObject, given: dict[str, str], paths: IngressPaths, draft: RouteDraft) -> None:
    at = f"metadata.annotations[{ANNOTATIONS}/"
    if paths.match:
        draft.service["match"] = paths.match
    rewrite = dict(paths.rewrite)
    if host := given.get("upstream-vhost"):
        rewrite["authority"] = host
    if rewrite:
        draft.service["rewrite"] = rewrite
    if cors := nginx_annotations.cors_policy(given):
        draft.service["corsPolicy"] = cors
        text = "becomes the CORS filter, which not every Gateway has yet: see its supportedFeatures"
        draft.changed.append(note(ingress, f"{at}enable-cors]", "true", text))
    if timeout := nginx_annotations.read_timeout(given):
        draft.service["timeout"] = timeout
        text = "bounds the silence between two reads; spec.service.timeout bounds the whole request: longer for streams"
        draft.changed.append(note(ingress, f"{at}proxy-read-timeout]", given["proxy-read-timeout"], text))
    if given.get("affinity") == "cookie":
        draft.session_affinity = nginx_annotations.session_affinity(given)
        text = "keeps users on one version by analysis.sessionAffinity, no longer on one pod"
        draft.changed.append(note(ingress, f"{at}affinity]", "cookie", text))
    protocol = given.get("backend-protocol", "HTTP").upper()
    if protocol in ("GRPC", "GRPCS"):
        draft.service["appProtocol"] = "kubernetes.io/h2c"
        text = "becomes appProtocol kubernetes.io/h2c: an HTTPRoute carries gRPC where the Gateway speaks HTTP/2"
        draft.changed.append(note(ingress, f"{at}backend-protocol]", protocol, text))
    if protocol in ("HTTPS", "GRPCS"):
        text = "TLS to the backend is a BackendTLSPolicy for the Services primary and canary"
        draft.missing.append(note(ingress, f"{at}backend-protocol]", protocol, text))


def _lost(ingress: KubernetesObject, given: dict[str, str], draft: RouteDraft) -> None:
    for name, value in given.items():
        if text := nginx_annotations.lost(name):
            draft.missing.append(note(ingress, f"metadata.annotations[{ANNOTATIONS}/{name}]", value, text))
    for key, value in annotations_of(ingress).items():
        if key == _KUBECTL or key.startswith(f"{ANNOTATIONS}/"):
            continue
        text = next((each for start, each in _ELSEWHERE.items() if key.startswith(start)), "")
        if text:
            draft.changed.append(note(ingress, f"metadata.annotations[{key}]", value, text))


def _tls(ingress: KubernetesObject, draft: RouteDraft) -> None:
    for position, tls in enumerate(as_mappings(as_mapping(ingress.get("spec")).get("tls"))):
        secret, hosts = as_text(tls.get("secretName")), ", ".join(as_texts(tls.get("hosts")))
        text = f"belongs to the Gateway: a listener for {hosts or 'these hosts'} with certificateRefs to this Secret"
        draft.changed.append(note(ingress, f"spec.tls[{position}].secretName", secret or None, text))


def _match(source: RouteSource, draft: RouteDraft) -> None:
    """``analysis.match``: ingress-nginx compares one header and one cookie, the header first."""
    conditions = source.canary.spec.analysis.match
    if not conditions:
        return
    made: dict[bool, dict[str, Any]] = {}
    for position, condition in enumerate(conditions):
        at = f"spec.analysis.match[{position}].headers"
        for name, value in as_mapping(condition.get("headers")).items():
            by_cookie = str(name).lower() == "cookie"
            compared = _comparison(source, f"{at}.{name}", by_cookie, as_mapping(value), draft)
            if by_cookie in made:
                text = "left out: ingress-nginx compares one header and one cookie, of several the last"
                draft.changed.append(note(source.raw, at, made[by_cookie], text))
            made[by_cookie] = {str(name): compared}
        draft.missing += [
            note(source.raw, f"spec.analysis.match[{position}].{field}", condition[field], "had no effect; left out")
            for field in condition
            if field != "headers"
        ]
    # Either is enough, so each has an entry of its own.
    draft.match = [{"headers": made[by_cookie]} for by_cookie in sorted(made)]


def _comparison(
    source: RouteSource, at: str, by_cookie: bool, value: KubernetesObject, draft: RouteDraft
) -> dict[str, str]:
    exact, pattern = as_text(value.get("exact")), as_text(value.get("regex"))
    if by_cookie:
        text = f"the cookie {exact} with the value {_ALWAYS}, by a regular expression, which the Gateway must support"
        draft.changed.append(note(source.raw, at, exact or None, text))
        return {"regex": rf"^(.*?;\s*)?({re.escape(exact)}={_ALWAYS})(;.*)?$"}
    if exact:
        return {"exact": exact}
    if pattern:
        text = (
            f"was {ANNOTATIONS}/canary-by-header-pattern, which looks for the pattern anywhere in the header; a route "
            "compares the whole header, and only where the Gateway supports regular expressions"
        )
        (draft.changed if _is_anchored(pattern) else draft.missing).append(note(source.raw, at, pattern, text))
        return {"regex": pattern if _is_anchored(pattern) else f".*({pattern}).*"}
    draft.changed.append(note(source.raw, at, None, f"without a value ingress-nginx wants {_ALWAYS}"))
    return {"exact": _ALWAYS}


def _is_anchored(pattern: str) -> bool:
    return pattern.startswith(("^", ".*")) and pattern.endswith(("$", ".*"))
