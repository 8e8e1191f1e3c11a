"""Each verb's module on a core of its own, without the façade."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canarytui.sandbox.apiserver.errors import StatusError
from canarytui.sandbox.apiserver.storage.store import RecordStore
from canarytui.sandbox.apiserver.types.registry import Registry
from canarytui.sandbox.apiserver.types.resources import ResourceType
from canarytui.sandbox.apiserver.verbs import identity, lifecycle, managed_fields, pod_subresources, scale
from canarytui.sandbox.apiserver.verbs.apply import apply, merge, remove
from canarytui.sandbox.apiserver.verbs.core import Core
from canarytui.sandbox.apiserver.verbs.create import create
from canarytui.sandbox.apiserver.verbs.delete import delete, delete_collection
from canarytui.sandbox.apiserver.verbs.lists import list_records
from canarytui.sandbox.apiserver.verbs.options import WriteOptions
from canarytui.sandbox.apiserver.verbs.update import commit, update

WRITE = WriteOptions(field_manager="me")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
Object = dict[str, Any]


class SmallCluster:
    """A core whose clock a test moves, with a namespace ``test``."""

    def __init__(self) -> None:
        self.now = NOW
        self.core = Core(RecordStore(), Registry(), lambda: self.now)
        self.create("namespaces", {"metadata": {"name": "test"}})

    def rt(self, name: str) -> ResourceType:
        plural, _, group = name.partition(".")
        return self.core.registry.find(group, plural)

    def create(self, name: str, obj: Object, options: WriteOptions = WRITE) -> Object:
        rt = self.rt(name)
        return create(self.core, rt, "test" if rt.namespaced else None, obj, options)

    def pod(self, name: str, **metadata: Any) -> Object:
        spec = {"containers": [{"name": "a", "image": "a:1"}]}
        return self.create("pods", {"metadata": {"name": name, **metadata}, "spec": spec})


@pytest.fixture
def cluster() -> SmallCluster:
    return SmallCluster()


def refused(code: int, text: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    with pytest.raises(StatusError) as caught:
        call(*arguments, **options)
    assert caught.value.code == code
    assert text in caught.value.message


def test_the_core_knows_the_rules_and_shape_of_each_type(cluster: SmallCluster) -> None:
    core, pods = cluster.core, cluster.rt("pods")
    assert core.strategy(pods).graceful
    assert core.strategy(pods) is core.strategy(pods)
    assert core.view(pods).rt is pods
    assert core.now() == "2026-01-01T12:00:00Z"
    refused(404, 'pods "a" not found', core.find, pods, "test", "a")
    assert core.chosen(pods, "test", "a=b", "status.phase=Running").namespace == "test"
    refused(404, "could not find the requested resource", core.crd, pods)


def test_what_is_created_is_stamped_named_and_owned(cluster: SmallCluster) -> None:
    sent = {"metadata": {"generateName": "c-", "selfLink": "x", "uid": "mine"}, "data": {"a": "1"}}
    before = copy.deepcopy(sent)
    made = cluster.create("configmaps", sent)
    meta = made["metadata"]
    assert sent == before
    assert (meta["name"][:2], meta["namespace"], meta["creationTimestamp"]) == ("c-", "test", "2026-01-01T12:00:00Z")
    assert ("selfLink" in meta, meta["uid"] == "mine") == (False, False)
    assert meta["managedFields"][0]["fieldsV1"] == {"f:data": {".": {}, "f:a": {}},
                                                    "f:metadata": {"f:generateName": {}}}  # fmt: skip
    with_version = {"metadata": {"name": "x", "resourceVersion": "1"}}
    refused(400, "resourceVersion should not be set", cluster.create, "configmaps", with_version)


def test_nothing_is_created_in_a_namespace_that_ends(cluster: SmallCluster) -> None:
    delete(cluster.core, cluster.rt("namespaces"), None, "test")
    refused(403, "because it is being terminated", cluster.create, "configmaps", {"metadata": {"name": "c"}})


def test_an_update_keeps_what_the_server_sets_and_counts_generations(cluster: SmallCluster) -> None:
    rt = cluster.rt("ingresses.networking.k8s.io")
    made = cluster.create("ingresses.networking.k8s.io", {"metadata": {"name": "i"}, "spec": {"ingressClassName": "a"}})
    sent = {"metadata": {"name": "i", "uid": "", "generation": 9}, "spec": {"ingressClassName": "b"}}
    changed = update(cluster.core, rt, "test", "i", sent, WRITE)
    assert (changed["metadata"]["uid"], changed["metadata"]["generation"]) == (made["metadata"]["uid"], 2)
    same = update(cluster.core, rt, "test", "i", copy.deepcopy(changed), WRITE)
    assert same["metadata"]["resourceVersion"] == changed["metadata"]["resourceVersion"]
    stale = {**changed, "metadata": {**changed["metadata"], "resourceVersion": "1"}}
    refused(409, "the object has been modified", update, cluster.core, rt, "test", "i", stale, WRITE)
    existing = cluster.core.find(rt, "test", "i")
    dry = commit(cluster.core, rt, existing, {**existing.copy(), "spec": {}}, WriteOptions(dry_run=True))
    assert dry["metadata"]["generation"] == 3
    assert cluster.core.find(rt, "test", "i") is existing


@pytest.mark.parametrize(
    ("obj", "text"),
    [
        ({"apiVersion": "v2"}, "the API version in the data (v2) does not match"),
        ({"kind": "Secret"}, "unknown conversion"),
        ({"metadata": {"namespace": "other"}}, "the namespace of the provided object does not match"),
        ({"metadata": {"name": "b"}}, "the name of the object (b) does not match the name on the URL (a)"),
        ({"metadata": []}, "metadata must be an object"),
    ],
)
def test_a_body_is_about_what_its_path_says(cluster: SmallCluster, obj: Object, text: str) -> None:
    refused(400, text, identity.check_body, cluster.rt("configmaps"), obj, "test", "a")
    settled: Object = {}
    identity.check_body(cluster.rt("configmaps"), settled, "test", "a")
    assert settled == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "test"}}


def test_owners_are_named_in_full_and_one_controls(cluster: SmallCluster) -> None:
    rules = cluster.core.strategy(cluster.rt("configmaps"))
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": True}
    assert identity.metadata_problems(rules, {"metadata": {"name": "a", "ownerReferences": [owner]}}) == []
    bad = [{**owner, "uid": ""}, {**owner, "kind": "Event"}]
    found = identity.metadata_problems(rules, {"metadata": {"ownerReferences": bad}})
    text = " ".join(cause.message for cause in found)
    assert "name or generateName is required" in text
    assert "must not be empty" in text
    assert "disallowed from being an owner" in text
    assert "Only one reference can have Controller set to true" in text


def test_pods_go_gracefully_and_what_holds_others_is_marked(cluster: SmallCluster) -> None:
    pods = cluster.rt("pods")
    cluster.pod("free")
    assert delete(cluster.core, pods, "test", "free")["status"] == "Success"
    cluster.pod("bound")
    node = {"target": {"name": "n"}, "metadata": {"annotations": {"a": "b"}}}
    bound = pod_subresources.bind(cluster.core, pods, "test", "bound", node, dry_run=False)
    assert (bound["code"], cluster.core.find(pods, "test", "bound").obj["spec"]["nodeName"]) == (201, "n")
    refused(409, 'already assigned to node "n"', pod_subresources.bind, cluster.core, pods, "test", "bound", node,
            dry_run=False)  # fmt: skip
    held = delete(cluster.core, pods, "test", "bound", grace_period_s=10)
    assert held["metadata"]["deletionTimestamp"] == "2026-01-01T12:00:10Z"
    cluster.now += timedelta(seconds=2)
    sooner = delete(cluster.core, pods, "test", "bound", grace_period_s=1)
    assert sooner["metadata"]["deletionTimestamp"] == "2026-01-01T12:00:03Z"
    assert delete(cluster.core, pods, "test", "bound", grace_period_s=0)["status"] == "Success"
    refused(
        422, 'propagationPolicy: Unsupported value: "Odd"', delete, cluster.core, pods, "test", "x", propagation="Odd"
    )
    refused(403, "this namespace may not be deleted", delete, *_default_namespace(cluster))


def _default_namespace(cluster: SmallCluster) -> tuple[Core, ResourceType, None, str]:
    cluster.create("namespaces", {"metadata": {"name": "default"}})
    return cluster.core, cluster.rt("namespaces"), None, "default"


def test_an_eviction_heeds_the_budget(cluster: SmallCluster) -> None:
    pods = cluster.rt("pods")
    cluster.pod("p", labels={"app": "a"})
    budget = {"metadata": {"name": "b"}, "spec": {"selector": {"matchLabels": {"app": "a"}}}}
    cluster.create("poddisruptionbudgets.policy", budget)
    why = "it would violate the pod's disruption budget"
    refused(429, why, pod_subresources.evict, cluster.core, pods, "test", "p", {}, dry_run=False)
    rt = cluster.rt("poddisruptionbudgets.policy")
    status = WriteOptions(subresource="status")
    update(cluster.core, rt, "test", "b", {"metadata": {"name": "b"}, "status": {"disruptionsAllowed": 1}}, status)
    assert pod_subresources.evict(cluster.core, pods, "test", "p", {}, dry_run=False)["status"] == "Success"
    refused(404, "not found", cluster.core.find, pods, "test", "p")


def test_a_collection_goes_by_selector_and_lists_what_it_was(cluster: SmallCluster) -> None:
    rt = cluster.rt("configmaps")
    for name, on in (("a", "yes"), ("b", "no"), ("c", "yes")):
        cluster.create("configmaps", {"metadata": {"name": name, "labels": {"on": on}}})
    chosen = cluster.core.chosen(rt, "test", "on=yes", "")
    gone = delete_collection(cluster.core, rt, chosen, propagation=None, dry_run=False, grace_period_s=None)
    assert [item["metadata"]["name"] for item in gone.items] == ["a", "c"]
    rest = list_records(cluster.core.store, cluster.core.view(rt), cluster.core.chosen(rt, "test", "", ""))
    assert [record.name for record in rest.records] == ["b"]


def test_pages_show_one_moment_and_say_how_much_is_left(cluster: SmallCluster) -> None:
    rt = cluster.rt("configmaps")
    for name in "abc":
        cluster.create("configmaps", {"metadata": {"name": name}})
    everything = cluster.core.chosen(rt, "test", "", "")
    store, view = cluster.core.store, cluster.core.view(rt)
    page = list_records(store, view, everything, limit=2)
    assert (page.meta["remainingItemCount"], len(page.items)) == (1, 2)
    assert page.encoded().startswith(b'{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":')
    cluster.create("configmaps", {"metadata": {"name": "bb"}})
    rest = list_records(store, view, everything, continue_token=page.continue_token)
    assert ([record.name for record in rest.records], rest.resource_version) == (["c"], page.resource_version)
    past = list_records(store, view, everything, resource_version=page.resource_version, resource_version_match="Exact")
    assert [record.name for record in past.records] == ["a", "b", "c"]
    refused(400, "continue key is not valid", list_records, store, view, everything, continue_token="?")
    refused(504, "Too large resource version", list_records, store, view, everything, resource_version="999")
    store.log(("", "configmaps")).compact(store.revision)
    with pytest.raises(StatusError) as expired:
        list_records(store, view, everything, continue_token=page.continue_token)
    again = expired.value.to_status()["metadata"]["continue"]
    assert [r.name for r in list_records(store, view, everything, continue_token=again).records] == ["bb", "c"]


def test_an_applied_manager_s_fields_go_when_it_no_longer_names_them(cluster: SmallCluster) -> None:
    rt = cluster.rt("configmaps")

    def applied(manager: str, data: Object, **options: Any) -> tuple[Object, bool]:
        config = {"metadata": {"name": "c"}, "data": data}
        return apply(cluster.core, rt, "test", "c", config, WriteOptions(field_manager=manager, **options))

    made, created = applied("one", {"a": "1", "b": "1"})
    assert (created, made["data"]) == (True, {"a": "1", "b": "1"})
    refused(409, 'conflict with "one" using v1: .data.a', applied, "two", {"a": "2"})
    forced, created = applied("two", {"a": "2"}, force=True)
    assert (created, forced["data"]) == (False, {"a": "2", "b": "1"})
    less, _ = applied("one", {})
    assert less["data"] == {"a": "2"}
    sent = {"metadata": {"name": "c", "managedFields": [{}]}}
    refused(400, "managedFields must be nil", apply, cluster.core, rt, "test", "c", sent, WRITE)


def test_apply_merges_and_removes_by_the_type(cluster: SmallCluster) -> None:
    node = cluster.core.strategy(cluster.rt("pods")).type_node
    live = {"spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b"}], "nodeSelector": {"x": "y"}}}
    config = {"spec": {"containers": [{"name": "c"}, {"name": "a", "image": "2"}], "nodeSelector": {"z": "1"}}}
    merged = merge(live, config, node)
    assert merged["spec"]["containers"] == [{"name": "a", "image": "2"}, {"name": "b"}, {"name": "c"}]
    assert merged["spec"]["nodeSelector"] == {"z": "1"}
    gone = {"f:spec": {"f:containers": {'k:{"name":"b"}': {".": {}, "f:name": {}}}, "f:nodeSelector": {}}}
    assert remove(live, gone, node) == {"spec": {"containers": [{"name": "a", "image": "1"}]}}


def test_writers_own_what_they_changed_last(cluster: SmallCluster) -> None:
    rt = cluster.rt("configmaps")
    rules = cluster.core.strategy(rt)
    old = cluster.create("configmaps", {"metadata": {"name": "c"}, "data": {"a": "1", "b": "1"}})
    new = {**copy.deepcopy(old), "data": {"a": "2", "b": "1"}}
    managed_fields.record_write(rules, old, new, WriteOptions(field_manager="you"), "2026-01-01T13:00:00Z")
    owners = {entry.manager: entry.fields["f:data"] for entry in managed_fields.read(new)}
    assert owners == {"me": {".": {}, "f:b": {}}, "you": {"f:a": {}}}
    later = copy.deepcopy(new)
    later["metadata"]["managedFields"][0]["time"] = "2027-01-01T00:00:00Z"
    assert managed_fields.without_times(later) == managed_fields.without_times(new)
    assert managed_fields.without_times(new) != managed_fields.without_times(old)
    reset = {"metadata": {"managedFields": [{}]}}
    managed_fields.record_write(rules, old, reset, WRITE, "")
    assert reset == {"metadata": {}}
    fields = {"f:kind": {}, "f:metadata": {"f:name": {}, "f:labels": {}}, "f:data": {}}
    assert managed_fields.strip_unowned(fields) == {"f:metadata": {"f:labels": {}}, "f:data": {}}


def test_writers_are_bounded_in_number(cluster: SmallCluster) -> None:
    rules = cluster.core.strategy(cluster.rt("configmaps"))
    obj: Object = {"metadata": {"name": "c"}, "data": {}}
    for number in range(14):
        old, obj = obj, {**obj, "metadata": dict(obj["metadata"]), "data": {**obj["data"], f"k{number}": "v"}}
        managed_fields.record_write(
            rules, old, obj, WriteOptions(field_manager=f"m{number}"), f"2026-01-01T00:{number:02}"
        )
    managers = [entry.manager for entry in managed_fields.read(obj)]
    assert ("ancient-changes" in managers, "m13" in managers, "m0" in managers) == (True, True, False)
    assert len(managers) <= 12


def test_a_scale_is_a_view_of_replicas(cluster: SmallCluster) -> None:
    rt = cluster.rt("deployments.apps")
    labels = {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "c", "operator": "NotIn", "values": ["e", "d"]}]}
    obj = {"metadata": {"name": "d", "resourceVersion": "7"}, "spec": {"replicas": 2, "selector": labels},
           "status": {"replicas": 1}}  # fmt: skip
    shown = scale.scale_of(cluster.core, rt, obj)
    assert (shown["spec"], shown["status"]) == ({"replicas": 2}, {"replicas": 1, "selector": "a=b,c notin (d,e)"})
    changed = scale.with_scale(cluster.core, rt, obj, {"spec": {"replicas": 5}})
    assert (changed["spec"]["replicas"], "resourceVersion" in changed["metadata"], obj["spec"]["replicas"]) == (
        5,
        False,
        2,
    )
    refused(
        422, "must be greater than or equal to 0", scale.with_scale, cluster.core, rt, obj, {"spec": {"replicas": True}}
    )


def test_a_definition_serves_as_long_as_it_or_its_objects_are_there(cluster: SmallCluster) -> None:
    core, crds = cluster.core, cluster.rt("customresourcedefinitions.apiextensions.k8s.io")
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    spec = {"group": "x.io", "scope": "Namespaced", "names": {"plural": "as", "kind": "A"}, "versions": [version]}
    cluster.create("customresourcedefinitions.apiextensions.k8s.io", {"metadata": {"name": "as.x.io"}, "spec": spec})
    held = cluster.create("as.x.io", {"metadata": {"name": "a", "finalizers": ["x.io/f"]}})
    rt = cluster.rt("as.x.io")
    delete(core, crds, None, "as.x.io")
    assert core.find(crds, None, "as.x.io").obj["metadata"]["deletionTimestamp"]
    last = core.find(rt, "test", "a")
    assert not lifecycle.may_go(rt, last.obj)
    free = {**last.copy(), "metadata": {**last.copy()["metadata"], "finalizers": []}}
    assert lifecycle.may_go(rt, free)
    commit(core, rt, last, free, WRITE)
    assert held["metadata"]["name"] == "a"
    refused(404, "not found", core.find, crds, None, "as.x.io")
    refused(404, "could not find", cluster.rt, "as.x.io")
