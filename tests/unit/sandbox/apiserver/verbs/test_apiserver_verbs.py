"""The API core's verbs, by what kubectl and client-go rely on."""

from __future__ import annotations

from typing import Any

import pytest

from canarytui.sandbox import manifests
from canarytui.sandbox.apiserver.api import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Api
from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.storage.store import RecordStore

CONFIG = {"metadata": {"name": "c"}, "data": {"a": "1"}}


def refused(code: int, text: str, call: Any, *arguments: Any, **options: Any) -> StatusError:
    with pytest.raises(StatusError) as caught:
        call(*arguments, **options)
    assert caught.value.code == code
    assert text in caught.value.message
    return caught.value


def test_create_stamps_and_defaults(server: Any, deployment: Any) -> None:
    made = server.create("deployments.apps", deployment)
    assert made["metadata"]["generation"] == 1
    assert made["metadata"]["uid"]
    assert made["spec"]["replicas"] == 1
    assert made["spec"]["strategy"]["rollingUpdate"]["maxSurge"] == "25%"
    container = made["spec"]["template"]["spec"]["containers"][0]
    assert container["terminationMessagePath"] == "/dev/termination-log"
    assert container["readinessProbe"]["failureThreshold"] == 3


def test_create_twice_in_nowhere_and_with_bad_names(server: Any) -> None:
    server.create("configmaps", CONFIG)
    refused(409, 'configmaps "c" already exists', server.create, "configmaps", CONFIG)
    refused(404, 'namespaces "nowhere" not found', server.create, "configmaps", CONFIG, "nowhere")
    refused(422, "a lowercase RFC 1123 subdomain", server.create, "configmaps", {"metadata": {"name": "A_b"}})
    generated = server.create("configmaps", {"metadata": {"generateName": "x-"}})
    assert generated["metadata"]["name"].startswith("x-")


def test_update_needs_the_latest_version(server: Any) -> None:
    first = server.create("configmaps", CONFIG)
    rt = server.rt("configmaps")
    server.api.update(rt, "test", "c", {**first, "data": {"a": "2"}})
    error = refused(409, "the object has been modified; please apply your changes to the latest version",
                    server.api.update, rt, "test", "c", {**first, "data": {"a": "3"}})  # fmt: skip
    assert error.reason == "Conflict"
    assert server.get("configmaps", "c")["data"] == {"a": "2"}


def test_a_write_that_changes_nothing_keeps_version_and_generation(server: Any, deployment: Any) -> None:
    made = server.create("deployments.apps", deployment)
    rt = server.rt("deployments.apps")
    same = server.api.update(rt, "test", "podinfo", made)
    assert same["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    labelled, _ = server.api.patch(rt, "test", "podinfo", {"metadata": {"labels": {"x": "y"}}}, MERGE_PATCH)
    assert labelled["metadata"]["generation"] == 1
    scaled, _ = server.api.patch(rt, "test", "podinfo", {"spec": {"replicas": 3}}, MERGE_PATCH)
    assert scaled["metadata"]["generation"] == 2


def test_status_and_spec_ignore_each_other(server: Any, canary: Any) -> None:
    made = server.create("canaries.flagger.app", canary)
    rt = server.rt("canaries.flagger.app")
    body = {"metadata": {"resourceVersion": made["metadata"]["resourceVersion"]},
            "spec": {"suspend": True}, "status": {"phase": "Initialized"}}  # fmt: skip
    changed, _ = server.api.patch(rt, "test", "podinfo", body, MERGE_PATCH, subresource="status")
    assert changed["status"]["phase"] == "Initialized"
    assert "suspend" not in changed["spec"]
    assert changed["metadata"]["generation"] == 1
    main, _ = server.api.patch(rt, "test", "podinfo", {"status": {"phase": "Failed"}}, MERGE_PATCH)
    assert main["status"]["phase"] == "Initialized"


def test_strategic_patch_merges_containers_by_name(server: Any, deployment: Any) -> None:
    server.create("deployments.apps", deployment)
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "podinfod", "image": "x:2"}]}}}}
    rt = server.rt("deployments.apps")
    changed, _ = server.api.patch(rt, "test", "podinfo", patch, STRATEGIC_PATCH)
    container = changed["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "x:2"
    assert len(container["ports"]) == 3
    removal = {"spec": {"template": {"spec": {"containers": [{"name": "podinfod", "$patch": "delete"}]}}}}
    refused(422, "spec.template.spec.containers: Required value", server.api.patch, rt, "test", "podinfo", removal,
            STRATEGIC_PATCH)  # fmt: skip


def test_json_patch_tests_and_refuses_missing_paths(server: Any) -> None:
    server.create("configmaps", CONFIG)
    rt = server.rt("configmaps")
    operations = [
        {"op": "test", "path": "/data/a", "value": "1"},
        {"op": "replace", "path": "/data/a", "value": "9"},
    ]
    changed, _ = server.api.patch(rt, "test", "c", operations, JSON_PATCH)
    assert changed["data"] == {"a": "9"}
    refused(422, "testing value /data/a failed", server.api.patch, rt, "test", "c",
            [{"op": "test", "path": "/data/a", "value": "1"}], JSON_PATCH)  # fmt: skip


def test_apply_records_managers_and_refuses_what_is_anothers(server: Any) -> None:
    rt = server.rt("configmaps")
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1", "b": "1"}}
    made, created = server.api.patch(rt, "test", "c", config, APPLY_PATCH, field_manager="one")
    assert created
    assert [entry["manager"] for entry in made["metadata"]["managedFields"]] == ["one"]
    other = {**config, "data": {"a": "2"}}
    refused(409, 'conflict with "one" using v1: .data.a', server.api.patch, rt, "test", "c", other, APPLY_PATCH,
            field_manager="two")  # fmt: skip
    forced, created = server.api.patch(rt, "test", "c", other, APPLY_PATCH, field_manager="two", force=True)
    assert not created
    assert forced["data"] == {"a": "2", "b": "1"}
    less, _ = server.api.patch(rt, "test", "c", {**config, "data": {}}, APPLY_PATCH, field_manager="one")
    assert less["data"] == {"a": "2"}


def test_custom_resources_are_validated_defaulted_and_pruned(server: Any, canary: Any) -> None:
    bad = {**canary, "spec": {**canary["spec"], "provider": 7}}
    refused(
        422,
        'Canary.flagger.app "podinfo" is invalid: [spec.provider: Invalid value: "integer"',
        server.create,
        "canaries.flagger.app",
        bad,
    )
    extra = {**canary, "spec": {**canary["spec"], "nonsense": 1}}
    refused(400, 'unknown field "spec.nonsense"', server.create, "canaries.flagger.app", extra,
            field_validation="Strict")  # fmt: skip
    made = server.create("canaries.flagger.app", extra)
    assert "nonsense" not in made["spec"]


def test_the_seeds_old_autoscaler_version_is_the_same_object(server: Any) -> None:
    scaler = manifests.documents("podinfo/hpa.yaml")[0]
    old = server.api.registry.get("autoscaling", "v2beta2", "horizontalpodautoscalers")
    server.api.create(old, "test", {**scaler, "apiVersion": "autoscaling/v2beta2"})
    new = server.api.registry.get("autoscaling", "v2", "horizontalpodautoscalers")
    assert server.api.get(new, "test", "podinfo")["apiVersion"] == "autoscaling/v2"
    assert server.api.get(old, "test", "podinfo")["apiVersion"] == "autoscaling/v2beta2"


def test_lists_by_selectors_and_pages(server: Any) -> None:
    rt = server.rt("configmaps")
    for index in range(7):
        metadata = {"name": f"c{index}", "labels": {"parity": "even" if index % 2 == 0 else "odd"}}
        server.create("configmaps", {"metadata": metadata})
    even = server.api.list(rt, "test", label_selector="parity in (even)").items
    assert [obj["metadata"]["name"] for obj in even] == ["c0", "c2", "c4", "c6"]
    one = server.api.list(rt, "test", field_selector="metadata.name=c3").items
    assert [obj["metadata"]["name"] for obj in one] == ["c3"]
    first = server.api.list(rt, "test", limit=3)
    assert first.remaining == 4
    server.create("configmaps", {"metadata": {"name": "c11"}})
    rest = server.api.list(rt, "test", limit=10, continue_token=first.continue_token)
    assert [obj["metadata"]["name"] for obj in rest.items] == ["c3", "c4", "c5", "c6"]
    refused(400, "unable to parse requirement", server.api.list, rt, "test", label_selector="a in b")


async def test_watch_from_a_version_selectors_and_compaction() -> None:
    api = Api(RecordStore(history_limit=5))
    namespaces, configs = api.registry.find("", "namespaces"), api.registry.find("", "configmaps")
    api.create(namespaces, None, {"metadata": {"name": "test"}})
    begin = api.list(configs, "test").resource_version
    watch = api.watch(configs, "test", resource_version=begin, label_selector="on=yes")
    api.create(configs, "test", {"metadata": {"name": "c"}})
    api.patch(configs, "test", "c", {"metadata": {"labels": {"on": "yes"}}}, MERGE_PATCH)
    api.patch(configs, "test", "c", {"metadata": {"labels": {"on": "no"}}}, MERGE_PATCH)
    api.delete(configs, "test", "c")
    assert [event.type for event in watch.take()] == ["ADDED", "DELETED"]
    watch.close()
    for index in range(8):
        api.create(configs, "test", {"metadata": {"name": f"n{index}"}})
    error = refused(410, "too old resource version", api.watch, configs, "test", resource_version=begin)
    assert error.reason == "Expired"
    initial = api.watch(configs, "test", send_initial_events=True, bookmarks=True)
    events = initial.take()
    assert [event.type for event in events] == ["ADDED"] * 8 + ["BOOKMARK"]
    assert events[-1].object["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_finalizers_hold_an_object_until_they_are_gone(server: Any) -> None:
    server.create("configmaps", {"metadata": {"name": "c", "finalizers": ["a.b/c"]}})
    rt = server.rt("configmaps")
    held = server.api.delete(rt, "test", "c")
    assert held["metadata"]["deletionTimestamp"]
    refused(422, "no new finalizers can be added", server.api.patch, rt, "test", "c",
            {"metadata": {"finalizers": ["a.b/c", "d.e/f"]}}, MERGE_PATCH)  # fmt: skip
    server.api.patch(rt, "test", "c", {"metadata": {"finalizers": None}}, MERGE_PATCH)
    assert server.api.find(rt, "test", "c") is None


def test_deletion_preconditions_and_foreground(server: Any, deployment: Any) -> None:
    made = server.create("deployments.apps", deployment)
    rt = server.rt("deployments.apps")
    refused(409, "Precondition failed: UID", server.api.delete, rt, "test", "podinfo", preconditions={"uid": "other"})
    held = server.api.delete(rt, "test", "podinfo", propagation="Foreground")
    assert held["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert held["metadata"]["uid"] == made["metadata"]["uid"]


def test_dry_run_changes_nothing(server: Any) -> None:
    server.create("configmaps", CONFIG, dry_run=True)
    assert server.api.find(server.rt("configmaps"), "test", "c") is None


def test_scale_reads_and_writes_replicas_only(server: Any, deployment: Any) -> None:
    server.create("deployments.apps", deployment)
    rt = server.rt("deployments.apps")
    scale = server.get("deployments.apps", "podinfo", subresource="scale")
    assert (scale["kind"], scale["status"]["selector"]) == ("Scale", "app=podinfo")
    scale = server.api.update(rt, "test", "podinfo", {**scale, "spec": {"replicas": 4}}, subresource="scale")
    assert scale["spec"]["replicas"] == 4
    assert server.get("deployments.apps", "podinfo")["spec"]["replicas"] == 4
    refused(422, "must be greater than or equal to 0", server.api.update, rt, "test", "podinfo",
            {**scale, "spec": {"replicas": -1}}, subresource="scale")  # fmt: skip


def test_a_deployment_whose_selector_misses_its_template_is_refused(server: Any, deployment: Any) -> None:
    deployment["spec"]["selector"]["matchLabels"] = {"app": "other"}
    refused(422, "`selector` does not match template `labels`", server.create, "deployments.apps", deployment)


def test_services_get_addresses_that_stay(server: Any) -> None:
    spec = {"ports": [{"port": 80, "targetPort": 9898}], "selector": {"app": "x"}}
    one = server.create("services", {"metadata": {"name": "one"}, "spec": spec})
    two = server.create("services", {"metadata": {"name": "two"}, "spec": spec})
    assert one["spec"]["clusterIP"].startswith("10.43.")
    assert one["spec"]["clusterIP"] != two["spec"]["clusterIP"]
    assert one["spec"]["ports"][0]["protocol"] == "TCP"
    rt = server.rt("services")
    body = {"metadata": {"name": "one", "resourceVersion": one["metadata"]["resourceVersion"]}, "spec": spec}
    assert server.api.update(rt, "test", "one", body)["spec"]["clusterIP"] == one["spec"]["clusterIP"]
    refused(422, "may not change once set", server.api.patch, rt, "test", "one",
            {"spec": {"clusterIP": "10.43.1.1"}}, MERGE_PATCH)  # fmt: skip


def test_secrets_encode_and_immutable_ones_stay(server: Any) -> None:
    made = server.create("secrets", {"metadata": {"name": "s"}, "stringData": {"k": "v"}, "immutable": True})
    assert made["data"] == {"k": "dg=="}
    assert "stringData" not in made
    refused(422, "field is immutable when `immutable` is set", server.api.patch, server.rt("secrets"), "test", "s",
            {"data": {"k": "eA=="}}, MERGE_PATCH)  # fmt: skip


def test_a_deleted_definition_takes_its_objects_and_its_paths(server: Any, canary: Any) -> None:
    server.create("canaries.flagger.app", canary)
    rt = server.rt("customresourcedefinitions.apiextensions.k8s.io")
    server.api.delete(rt, None, "canaries.flagger.app")
    assert server.api.find(rt, None, "canaries.flagger.app") is None
    refused(404, "the server could not find the requested resource", server.rt, "canaries.flagger.app")


def test_events_are_one_storage_in_two_shapes(server: Any) -> None:
    core = server.api.registry.get("", "v1", "events")
    new = server.api.registry.get("events.k8s.io", "v1", "events")
    about = {"kind": "Canary", "name": "podinfo", "namespace": "test"}
    server.api.create(core, "test", {"metadata": {"name": "e"}, "involvedObject": about, "message": "hello",
                                     "reason": "Synced", "type": "Normal"})  # fmt: skip
    seen = server.api.get(new, "test", "e")
    assert (seen["note"], seen["regarding"]["name"]) == ("hello", "podinfo")
    assert server.api.list(core, "test", field_selector="involvedObject.name=podinfo").items
