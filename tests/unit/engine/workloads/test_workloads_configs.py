"""ConfigMaps and Secrets that a target uses: which are followed, what their copies hold, when they start a rollout."""

from __future__ import annotations

from typing import Any

import pytest
from rig import DEFAULT, NAMESPACE, STRICT, Rig, canary, config_map, daemonset, deployment, secret

from canarytui.domain.spec.revision import config_checksum
from canarytui.engine.decide.tick import ControllerSettings

DAEMONSET = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "podinfo"}


def using(*names: str, **more: Any) -> dict[str, Any]:
    """A Deployment whose container takes its environment from ConfigMaps."""
    sources = [{"configMapRef": {"name": name, **more}} for name in names]
    return deployment({"containers": [{"name": "podinfod", "image": "podinfo:v1", "envFrom": sources}]})


def sources_of(rig: Rig) -> list[str]:
    """The names that the primary's environment comes from."""
    container = rig.get("Deployment", "podinfo-primary")["spec"]["template"]["spec"]["containers"][0]
    return [source["configMapRef"]["name"] for source in container["envFrom"]]


def started(*objects: dict[str, Any], settings: ControllerSettings = DEFAULT) -> Rig:
    rig = Rig(*objects, canary(), settings=settings)
    rig.until("Initialized")
    return rig


EVERYWHERE = {
    "volumes": [
        {"name": "a", "configMap": {"name": "cm-volume"}},
        {"name": "b", "secret": {"secretName": "s-volume"}},
        {
            "name": "c",
            "projected": {
                "sources": [
                    {"configMap": {"name": "cm-projected"}},
                    {"secret": {"name": "s-projected"}},
                    {"downwardAPI": {"items": []}},
                ]
            },
        },
        {"name": "d", "emptyDir": {}},
    ],
    "containers": [
        {
            "name": "podinfod",
            "image": "podinfo:v1",
            "env": [
                {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "cm-env", "key": "k"}}},
                {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s-env", "key": "k"}}},
                {"name": "C", "value": "plain"},
            ],
            "envFrom": [{"configMapRef": {"name": "cm-from"}}, {"secretRef": {"name": "s-from"}, "prefix": "X_"}],
        }
    ],
    "initContainers": [
        {"name": "init", "image": "init:1", "envFrom": [{"configMapRef": {"name": "cm-init"}}]},
    ],
}
MAPS = [f"cm-{place}" for place in ("volume", "projected", "env", "from", "init")]
SECRETS = [f"s-{place}" for place in ("volume", "projected", "env", "from")]


@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet"])
def test_configs_are_followed_wherever_a_pod_names_them(kind: str) -> None:
    target = deployment(EVERYWHERE) if kind == "Deployment" else daemonset(EVERYWHERE)
    configs = [config_map(name, {"k": name}) for name in MAPS] + [secret(name, {"k": "dmFsdWU="}) for name in SECRETS]
    asked = canary() if kind == "Deployment" else canary(targetRef=DAEMONSET)
    rig = Rig(target, *configs, asked)
    rig.until("Initialized")
    assert rig.status["trackedConfigs"] == {
        **{f"configmap/{name}": config_checksum({"k": name}) for name in MAPS},
        **{f"secret/{name}": config_checksum({"k": "dmFsdWU="}) for name in SECRETS},
    }
    pod = rig.get(kind, "podinfo-primary")["spec"]["template"]["spec"]
    volumes = pod["volumes"]
    assert volumes[0]["configMap"]["name"] == "cm-volume-primary"
    assert volumes[1]["secret"]["secretName"] == "s-volume-primary"
    projected = volumes[2]["projected"]["sources"]
    assert projected[0]["configMap"]["name"] == "cm-projected-primary"
    assert projected[1]["secret"]["name"] == "s-projected-primary"
    container, init = pod["containers"][0], pod["initContainers"][0]
    assert container["env"][0]["valueFrom"]["configMapKeyRef"] == {"name": "cm-env-primary", "key": "k"}
    assert container["env"][1]["valueFrom"]["secretKeyRef"]["name"] == "s-env-primary"
    assert container["envFrom"][0]["configMapRef"]["name"] == "cm-from-primary"
    assert container["envFrom"][1] == {"secretRef": {"name": "s-from-primary"}, "prefix": "X_"}
    assert init["envFrom"][0]["configMapRef"]["name"] == "cm-init-primary"
    for name in MAPS:
        assert rig.get("ConfigMap", f"{name}-primary")["data"] == {"k": name}
    for name in SECRETS:
        assert rig.get("Secret", f"{name}-primary")["data"] == {"k": "dmFsdWU="}
    mine = rig.get(kind, "podinfo")["spec"]["template"]["spec"]["containers"][0]
    assert mine["envFrom"][0]["configMapRef"]["name"] == "cm-from", "the target's own names stay"


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_changed_config_is_a_new_revision_and_reaches_the_primary_by_promotion(settings: ControllerSettings) -> None:
    rig = started(using("cfg"), config_map("cfg", {"color": "red"}), settings=settings)
    assert rig.status["trackedConfigs"] == {"configmap/cfg": "241889ca0604e333"}
    rig.change("ConfigMap", "cfg", {"data": {"color": "blue"}})
    rig.tick()
    assert rig.said[-1] == "New revision detected! Scaling up podinfo.test"
    assert rig.status["trackedConfigs"] == {"configmap/cfg": config_checksum({"color": "blue"})}
    rig.tick()
    assert rig.get("ConfigMap", "cfg-primary")["data"] == {"color": "red"}
    rig.until("Succeeded")
    assert rig.get("ConfigMap", "cfg-primary")["data"] == {"color": "blue"}


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_config_that_is_set_back_is_a_new_revision_an_image_is_not(settings: ControllerSettings) -> None:
    rig = started(using("cfg"), config_map("cfg", {"color": "red"}), settings=settings)
    rig.change("ConfigMap", "cfg", {"data": {"color": "blue"}})
    rig.until("Progressing")
    rig.change("Canary", "podinfo", {"status": {"failedChecks": 3}})
    rig.until("Failed")
    assert rig.get("ConfigMap", "cfg-primary")["data"] == {"color": "red"}
    rig.tick(2)
    assert rig.phase == "Failed", "the same bad config is not tried again"
    rig.change("ConfigMap", "cfg", {"data": {"color": "red"}})
    rig.until("Progressing")
    rig.until("Succeeded")


@pytest.mark.parametrize("settings", [STRICT, DEFAULT])
def test_config_that_changes_in_mid_analysis_restarts_it(settings: ControllerSettings) -> None:
    rig = started(using("cfg"), config_map("cfg", {"color": "red"}), settings=settings)
    rig.set_image("v2")
    rig.until("Progressing")
    rig.tick()
    assert rig.weights()["canary"] == 50
    rig.change("ConfigMap", "cfg", {"data": {"color": "blue"}})
    rig.tick()
    assert rig.said[-1] == "New revision detected! Restarting analysis for podinfo.test"
    assert rig.weights() == {"primary": 100}


def test_content_that_comes_in_another_order_is_the_same() -> None:
    rig = started(using("cfg"), config_map("cfg", {"a": "1", "b": "2"}))
    rig.cluster_view.put({**rig.get("ConfigMap", "cfg"), "data": {"b": "2", "a": "1"}})
    rig.tick(2)
    assert rig.phase == "Initialized"


@pytest.mark.parametrize("value", ["disabled", "disable"])
def test_config_can_opt_out_and_is_then_shared(value: str) -> None:
    opted = {"annotations": {"flagger.app/config-tracking": value}}
    rig = started(
        using("cfg", "shared"), config_map("cfg", {"a": "1"}), config_map("shared", {"b": "1"}, metadata=opted)
    )
    assert rig.status["trackedConfigs"].keys() == {"configmap/cfg"}
    assert sources_of(rig) == ["cfg-primary", "shared"]
    assert not rig.has("ConfigMap", "shared-primary")
    rig.change("ConfigMap", "shared", {"data": {"b": "2"}})
    rig.tick(2)
    assert rig.phase == "Initialized"


def test_secrets_of_special_types_are_shared() -> None:
    types = ["Opaque", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/tls"]
    others = ["kubernetes.io/dockerconfigjson", "kubernetes.io/service-account-token", "helm.sh/release.v1"]
    sources = [{"secretRef": {"name": f"s{i}"}} for i in range(len(types + others))]
    target = deployment({"containers": [{"name": "podinfod", "image": "podinfo:v1", "envFrom": sources}]})
    rig = started(target, *(secret(f"s{i}", {"k": "YQ=="}, type=type_) for i, type_ in enumerate(types + others)))
    assert rig.status["trackedConfigs"].keys() == {f"secret/s{i}" for i in range(len(types))}
    assert [rig.get("Secret", f"s{i}-primary")["type"] for i in range(len(types))] == types
    assert not any(rig.has("Secret", f"s{i}-primary") for i in range(len(types), len(types + others)))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (DEFAULT, 'configmap cfg.test get query error: configmaps "cfg" not found'),
        (
            STRICT,
            "createPrimaryDeployment failed: GetTargetConfigs failed: configmap cfg.test get query error: "
            'configmap cfg.test get query error: configmaps "cfg" not found',
        ),
    ],
)
def test_missing_config_is_said_and_waited_for(settings: ControllerSettings, text: str) -> None:
    rig = Rig(using("cfg", optional=False), canary(), settings=settings)
    rig.tick(2)
    assert rig.said[-1] == text
    assert not rig.has("Deployment", "podinfo-primary")
    rig.cluster_view.put(config_map("cfg", {"a": "1"}))
    rig.until("Initialized")


def test_missing_config_that_is_optional_is_none() -> None:
    rig = started(using("cfg", optional=True))
    assert rig.status["trackedConfigs"] == {}
    assert sources_of(rig) == ["cfg"]
    rig.cluster_view.put(config_map("cfg", {"a": "1"}))
    rig.tick()
    assert rig.phase == "Progressing", "it is there now"
    rig.until("Succeeded")
    assert sources_of(rig) == ["cfg-primary"]


def test_copy_holds_type_and_data_and_keeps_its_other_owners() -> None:
    marked = {
        "labels": {"corp.io/team": "a", "other": "b", "corp.io/kustomize.toolkit.fluxcd.io": "c"},
        "annotations": {"note": "n"},
    }
    rig = started(
        using("cfg"),
        config_map("cfg", {"a": "1"}, metadata=marked, immutable=True),
        settings=ControllerSettings(include_label_prefixes=("corp.io/",)),
    )
    made = rig.get("ConfigMap", "cfg-primary")
    assert made["metadata"]["labels"] == {"corp.io/team": "a"}
    assert "annotations" not in made["metadata"]
    assert "immutable" not in made
    [owner] = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["controller"]) == ("Canary", True)

    theirs = {"apiVersion": "flagger.app/v1beta1", "kind": "Canary", "name": "other", "uid": "u2", "controller": True}
    rig.change("ConfigMap", "cfg-primary", {"metadata": {"ownerReferences": [theirs]}})
    rig.change("ConfigMap", "cfg", {"data": {"a": "2"}})
    rig.until("Progressing")
    rig.until("Succeeded")
    owners = rig.get("ConfigMap", "cfg-primary")["metadata"]["ownerReferences"]
    assert [(each["name"], each["controller"]) for each in owners] == [("podinfo", True), ("other", False)]


@pytest.mark.parametrize(("settings", "copied"), [(STRICT, False), (DEFAULT, True)])
def test_binary_data_is_followed_and_copied(settings: ControllerSettings, copied: bool) -> None:
    rig = started(using("cfg"), config_map("cfg", {"a": "1"}, binaryData={"logo": "AAEC"}), settings=settings)
    assert rig.get("ConfigMap", "cfg-primary").get("binaryData") == ({"logo": "AAEC"} if copied else None)
    rig.change("ConfigMap", "cfg", {"binaryData": {"logo": "AAED"}})
    rig.tick()
    assert rig.phase == ("Progressing" if copied else "Initialized")


def test_config_map_without_data_has_a_copy_and_a_checksum() -> None:
    rig = started(using("cfg"), config_map("cfg", None))
    assert rig.status["trackedConfigs"] == {"configmap/cfg": "74234e98afe7498f"}
    assert "data" not in rig.get("ConfigMap", "cfg-primary")


def test_tracking_can_be_switched_off() -> None:
    rig = started(using("cfg"), config_map("cfg", {"a": "1"}), settings=ControllerSettings(config_tracking=False))
    assert "trackedConfigs" not in rig.status
    assert sources_of(rig) == ["cfg"]
    rig.change("ConfigMap", "cfg", {"data": {"a": "2"}})
    rig.tick(2)
    assert rig.phase == "Initialized"


def test_config_deleted_in_mid_analysis_does_not_keep_bad_metrics_from_ending_it() -> None:
    for settings in (STRICT, DEFAULT):
        rig = started(using("cfg"), config_map("cfg", {"a": "1"}), settings=settings)
        rig.set_image("v2")
        rig.until("Progressing")
        rig.cluster_view.delete("ConfigMap", NAMESPACE, "cfg")
        rig.tick()
        assert rig.weights()["canary"] == 50, "the pods that run have read it"
        rig.change("Canary", "podinfo", {"status": {"failedChecks": 3}})
        rig.tick(2)
        if settings is STRICT:
            assert rig.phase == "Progressing", "Flagger cannot write down what has failed"
            continue
        assert (rig.phase, rig.weights()) == ("Failed", {"primary": 100})
        rig.cluster_view.put(config_map("cfg", {"a": "1"}))
        rig.tick(2)
        assert rig.phase == "Failed", "it has come back as it was"


def test_missing_config_is_not_promoted() -> None:
    rig = started(using("cfg"), config_map("cfg", {"a": "1"}), settings=STRICT)
    rig.set_image("v2")
    rig.until("Progressing")
    rig.cluster_view.delete("ConfigMap", NAMESPACE, "cfg")
    rig.tick(2)
    assert rig.said[-1] == (
        "updating deployment podinfo-primary.test template spec failed: GetTargetConfigs failed: configmap cfg.test "
        'get query error: configmap cfg.test get query error: configmaps "cfg" not found'
    )
    assert rig.get("ConfigMap", "cfg-primary")["data"] == {"a": "1"}
    rig.cluster_view.put(config_map("cfg", {"a": "1"}))
    rig.until("Succeeded")
