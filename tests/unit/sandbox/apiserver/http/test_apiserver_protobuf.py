"""Protobuf bodies that client-go 0.37 and kubectl 1.32 really sent, read as the JSON that the same clients write."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarytui.sandbox.apiserver.http.protobuf import decode
from canarytui.sandbox.apiserver.http.protobuf_messages import message, root_message
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType

Object = dict[str, Any]

# Base64 of what Go's protobuf serializer made of an object, and what its JSON serializer made of the same one.
SENT: dict[str, tuple[str, str]] = {
    "deployment": (
        "azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50EsMCChsKB3BvZGluZm8SABoEdGVzdCIAKgAyADgAQgAS8gEIABIKCggKA2FwcBIBcBrE"
        "AQoaCgASABoAIgAqADIAOABCAFoICgNhcHASAXASpQEKCQoBZRIEEgIKABJ1CgFjEgFpKgA6FAoBWBIAGg0aCwoECgJjbRIBaxgAQhAK"
        "DgoDY3B1EgcKBTE1MDBtUigKHBIaCggvaGVhbHRoehIKCAEQABoEaHR0cBoAIgAQABgAIAUoADAAagByAHoJCgUSA0FMTCAAgAEAiAEA"
        "kAEAogEAGgAyAEIASgBSAFgAYABoAHIFIAEgrAKCAQCKAQCaAQDCAQAiFwoAEhMKBggAEAAaABIJCAEQABoDMjUlKAA4ABovCAMQABgA"
        "IAAoADIhCglBdmFpbGFibGUSBFRydWUiACoAMgA6CAil+s2sBhAAOAAaACIA",
        '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"podinfo","namespace":"test"},"spec":{"re'
        'plicas":0,"selector":{"matchLabels":{"app":"p"}},"template":{"metadata":{"labels":{"app":"p"}},"spec":{"'
        'volumes":[{"name":"e","emptyDir":{}}],"containers":[{"name":"c","image":"i","env":[{"name":"X","valueFro'
        'm":{"configMapKeyRef":{"name":"cm","key":"k","optional":false}}}],"resources":{"limits":{"cpu":"1500m"}}'
        ',"livenessProbe":{"httpGet":{"path":"/healthz","port":"http"},"periodSeconds":5},"securityContext":{"cap'
        'abilities":{"drop":["ALL"]},"runAsUser":0}}],"securityContext":{"supplementalGroups":[1,300]}}},"strateg'
        'y":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":"25%"}}},"status":{"observedGeneration":3,"conditions'
        '":[{"type":"Available","status":"True","lastUpdateTime":null,"lastTransitionTime":"2024-01-02T03:04:05Z"'
        "}]}}",
    ),
    "hpa": (
        "azhzAAopCg5hdXRvc2NhbGluZy92MhIXSG9yaXpvbnRhbFBvZEF1dG9zY2FsZXISdAobCgdwb2RpbmZvEgAaBHRlc3QiACoAMgA4AEIA"
        "Ek8KHgoKRGVwbG95bWVudBIHcG9kaW5mbxoHYXBwcy92MRACGAQiIwoEUG9kcxobCgMKAW0SFAoMQXZlcmFnZVZhbHVlGgQKAjEwKgQS"
        "AhgAGgQYACAAGgAiAA==",
        '{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v2","metadata":{"name":"podinfo","namespace"'
        ':"test"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"podinfo","apiVersion":"apps/v1"},"minRepl'
        'icas":2,"maxReplicas":4,"metrics":[{"type":"Pods","pods":{"metric":{"name":"m"},"target":{"type":"Averag'
        'eValue","averageValue":"10"}}}],"behavior":{"scaleDown":{"stabilizationWindowSeconds":0}}},"status":{"de'
        'siredReplicas":0,"currentMetrics":null}}',
    ),
    "lease": (
        "azhzAAofChZjb29yZGluYXRpb24uazhzLmlvL3YxEgVMZWFzZRI1ChsKB3BvZGluZm8SABoEdGVzdCIAKgAyADgAQgASFgoCbWUQPCIM"
        "CKX6zawGEIjq3MMCKAAaACIA",
        '{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"podinfo","namespace":"test"},"'
        'spec":{"holderIdentity":"me","leaseDurationSeconds":60,"renewTime":"2024-01-02T03:04:05.678901Z","leaseT'
        'ransitions":0}}',
    ),
    "event": (
        "azhzAAoLCgJ2MRIFRXZlbnQSlgEKGwoHcG9kaW5mbxIAGgR0ZXN0IgAqADIAOABCABIyCgZDYW5hcnkSBHRlc3QaB3BvZGluZm8iACoT"
        "ZmxhZ2dlci5hcHAvdjFiZXRhMTIAOgAaBlN5bmNlZCIHQWR2YW5jZSoLCgdmbGFnZ2VyEgAyCAil+s2sBhAAOggIpfrNrAYQAEACSgdX"
        "YXJuaW5nUgBiAHIAegAaACIA",
        '{"kind":"Event","apiVersion":"v1","metadata":{"name":"podinfo","namespace":"test"},"involvedObject":{"ki'
        'nd":"Canary","namespace":"test","name":"podinfo","apiVersion":"flagger.app/v1beta1"},"reason":"Synced","'
        'message":"Advance","source":{"component":"flagger"},"firstTimestamp":"2024-01-02T03:04:05Z","lastTimesta'
        'mp":"2024-01-02T03:04:05Z","count":2,"type":"Warning","eventTime":null,"reportingComponent":"","reportin'
        'gInstance":""}',
    ),
    "access review": (
        "azhzAAouChdhdXRob3JpemF0aW9uLms4cy5pby92MRITU3ViamVjdEFjY2Vzc1JldmlldxJKChAKABIAGgAiACoAMgA4AEIAEiwKFQoA"
        "EgNnZXQaACIAKgRwb2RzMgA6ABoBeCIBZyoLCgFrEgYKAXYKAXcyABoICAASABoAIAAaACIA",
        '{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},"spec":{"resourceAttr'
        'ibutes":{"verb":"get","resource":"pods"},"user":"x","groups":["g"],"extra":{"k":["v","w"]}},"status":{"a'
        'llowed":false}}',
    ),
    "disruption budget": (
        "azhzAAogCglwb2xpY3kvdjESE1BvZERpc3J1cHRpb25CdWRnZXQSVwobCgdwb2RpbmZvEgAaBHRlc3QiACoAMgA4AEIAEh0KDwgAEP//"
        "/////////wEaABIKCggKA2FwcBIBcBoZCAASDQoBYRIICKX6zawGEAAYACAAKAAwABoAIgA=",
        '{"kind":"PodDisruptionBudget","apiVersion":"policy/v1","metadata":{"name":"podinfo","namespace":"test"},'
        '"spec":{"minAvailable":-1,"selector":{"matchLabels":{"app":"p"}}},"status":{"disruptedPods":{"a":"2024-0'
        '1-02T03:04:05Z"},"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}}',
    ),
    "revision": (
        "azhzAAodCgdhcHBzL3YxEhJDb250cm9sbGVyUmV2aXNpb24SNAobCgdwb2RpbmZvEgAaBHRlc3QiACoAMgA4AEIAEhMKEXsic3BlYyI6"
        "WzEsbnVsbF19GAAaACIA",
        '{"kind":"ControllerRevision","apiVersion":"apps/v1","metadata":{"name":"podinfo","namespace":"test"},"da'
        'ta":{"spec":[1,null]},"revision":0}',
    ),
    "delete options": (
        "azhzAAoYCgdhcHBzL3YxEg1EZWxldGVPcHRpb25zEhgIABIDEgE3IgpGb3JlZ3JvdW5kKgNBbGwaACIA",
        '{"kind":"DeleteOptions","apiVersion":"apps/v1","gracePeriodSeconds":0,"preconditions":{"resourceVersion"'
        ':"7"},"propagationPolicy":"Foreground","dryRun":["All"]}',
    ),
    "secret": (
        "azhzAAoMCgJ2MRIGU2VjcmV0EjoKGwoHcG9kaW5mbxIAGgR0ZXN0IgAqADIAOABCABIHCgFhEgIA/xIICgRub25lEgAaBk9wYXF1ZSgA"
        "GgAiAA==",
        '{"kind":"Secret","apiVersion":"v1","metadata":{"name":"podinfo","namespace":"test"},"immutable":false,"d'
        'ata":{"a":"AP8=","none":""},"type":"Opaque"}',
    ),
}

# Dumped by `kubectl create ns|deployment|cm … -v=10`.
KUBECTL: dict[str, tuple[str, Object]] = {
    "namespace": (
        "6b3873000a0f0a02763112094e616d657370616365121b0a130a0363617012001a0022002a0032003800420012001a020a001a002200",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cap"}, "spec": {}, "status": {}},
    ),
    "deployment": (
        "6b3873000a150a07617070732f7631120a4465706c6f796d656e7412ae010a220a0377656212001a0363617022002a"
        "003200380042005a0a0a036170701203776562127a0802120c0a0a0a0361707012037765621a600a1c0a0012001a0022002a00"
        "3200380042005a0a0a036170701203776562124012220a056e67696e7812056e67696e782a0042006a00720080010088010090"
        "0100a201001a00320042004a0052005800600068008201008a01009a0100c2010022020a00280038001a0c0800100018002000"
        "280038001a002200",
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "cap", "labels": {"app": "web"}},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "nginx", "image": "nginx", "resources": {}}]},
                },
                "strategy": {},
            },
            "status": {},
        },
    ),
    "config map": (
        "6b3873000a0f0a0276311209436f6e6669674d6170121e0a140a017812001a0363617022002a0032003800420012060a"
        "01611201621a002200",
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "x", "namespace": "cap"},
            "data": {"a": "b"},
        },
    ),
}


def _body(api_version: str, kind: str, raw: bytes) -> bytes:
    """An envelope as a client makes it; `raw` is the encoded object."""
    type_meta = _bytes(1, api_version.encode()) + _bytes(2, kind.encode())
    return b"k8s\x00" + _bytes(1, type_meta) + _bytes(2, raw)


def _bytes(number: int, data: bytes) -> bytes:
    assert number < 16
    assert len(data) < 128
    return bytes([number << 3 | 2, len(data)]) + data


def _without_nulls(pairs: list[tuple[str, Any]]) -> Object:
    return {key: value for key, value in pairs if value is not None}


@pytest.mark.parametrize("name", SENT)
def test_reads_what_client_go_sends(name: str) -> None:
    text, as_json = SENT[name]
    assert decode(base64.b64decode(text)) == json.loads(as_json, object_pairs_hook=_without_nulls)


@pytest.mark.parametrize("name", KUBECTL)
def test_reads_what_kubectl_sends(name: str) -> None:
    text, expected = KUBECTL[name]
    assert decode(bytes.fromhex(text)) == expected


# Clients send no custom resource as protobuf; definitions of them and of API services come as JSON in practice.
@pytest.mark.parametrize(
    "rt",
    [
        rt
        for rt in Registry().all()
        if rt.kind not in ("CustomResourceDefinition", "APIService") and rt.group != "metrics.k8s.io"  # is only read
    ],
    ids=lambda rt: f"{rt.api_version}-{rt.kind}",
)
def test_knows_each_built_in_kind_down_to_its_leaves(rt: ResourceType) -> None:
    pending, met = [root_message(rt.api_version, rt.kind)], set()
    while pending:
        name = pending.pop()
        met.add(name)
        for field in message(name).values():
            if "." in field.type and field.type not in met:
                pending.append(field.type)
    assert "meta.v1.ObjectMeta" in met


def test_skips_fields_of_newer_clients() -> None:
    newer = _bytes(15, b"unheard of")
    metadata = _bytes(1, _bytes(1, b"x"))
    assert decode(_body("v1", "ConfigMap", metadata + newer)) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "x"},
    }


def test_reads_packed_numbers_as_well() -> None:
    context = _bytes(14, _bytes(4, bytes([1, 0xAC, 0x02])))
    pod = decode(_body("v1", "Pod", _bytes(2, context)))
    assert pod["spec"]["securityContext"]["supplementalGroups"] == [1, 300]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "does not begin with the protobuf envelope"),
        (b"{}", "does not begin with the protobuf envelope"),
        (_body("flagger.app/v1beta1", "Canary", b""), "no protobuf table for Canary of flagger.app/v1beta1"),
        (_body("v1", "Pod", b"\x0a\x7fx"), "ends within a field"),
        (_body("v1", "Pod", b"\x0a"), "ends within a number"),
        (_body("v1", "Pod", b"\x08\x01"), "a number where text or a message is due"),
        (_body("apps/v1", "Deployment", _bytes(2, _bytes(1, b"x"))), "text or a message where a number is due"),
        (_body("v1", "ConfigMap", _bytes(1, _bytes(1, b"\xff"))), "invalid start byte"),
        (_body("v1", "Event", _bytes(6, b"\x08" + b"\xff" * 8 + b"\x7f")), "is not a time"),
    ],
)
def test_refuses_what_it_cannot_read(body: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        decode(body)


@given(st.sampled_from(sorted(SENT)), st.integers(4, 300), st.binary(max_size=6))
def test_damage_is_a_value_error_and_nothing_else(name: str, position: int, noise: bytes) -> None:
    body = base64.b64decode(SENT[name][0])
    damaged = body[:position] + noise + body[position + 2 :]
    try:
        found = decode(damaged)
    except ValueError:
        return
    assert {"apiVersion", "kind"} <= found.keys()
