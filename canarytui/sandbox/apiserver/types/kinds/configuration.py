"""ConfigMaps, Secrets and ServiceAccounts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.apiserver.types import field_problems as problems
from canarytui.sandbox.apiserver.types import names
from canarytui.sandbox.apiserver.types.kind import ResourceKind
from canarytui.sandbox.apiserver.types.printing import Printer, age_of, columns
from canarytui.sandbox.apiserver.types.strategy import KindStrategy
from canarytui.sandbox.values import KubernetesObject


class ConfigMapStrategy(KindStrategy):
    """Data may be made immutable."""

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        return [
            problems.wrong(f"{field}[{key}]", key, text)
            for field in ("data", "binaryData")
            for key in obj.get(field) or {}
            for text in names.config_key(key)
        ]

    def validate_update(self, obj: KubernetesObject, old: KubernetesObject) -> list[Cause]:
        if not old.get("immutable"):
            return []
        fields = [f for f in ("data", "binaryData") if obj.get(f) != old.get(f)]
        found = [problems.forbidden(field, "field is immutable when `immutable` is set") for field in fields]
        if not obj.get("immutable"):
            found.append(problems.forbidden("immutable", "field is immutable when `immutable` is set"))
        return found


class SecretStrategy(ConfigMapStrategy):
    """``stringData`` is written into ``data``; the type stays."""

    def default(self, obj: KubernetesObject) -> None:
        obj.setdefault("type", "Opaque")
        plain = obj.pop("stringData", None)
        if plain:
            encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
            obj["data"] = {**(obj.get("data") or {}), **encoded}

    def validate(self, obj: KubernetesObject) -> list[Cause]:
        found = super().validate(obj)
        for key, value in (obj.get("data") or {}).items():
            try:
                base64.b64decode(value or "", validate=True)
            except (binascii.Error, ValueError):
                found.append(problems.wrong(f"data[{key}]", "<redacted>", "illegal base64 data"))
        return found

    def validate_update(self, obj: KubernetesObject, old: KubernetesObject) -> list[Cause]:
        found = super().validate_update(obj, old)
        if obj.get("type") != old.get("type"):
            found.append(problems.immutable("type", obj.get("type")))
        return found


def _config_map(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    return [len(obj.get("data") or {}) + len(obj.get("binaryData") or {}), age_of(obj, now)]


def _secret(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    return [obj.get("type", ""), len(obj.get("data") or {}), age_of(obj, now)]


def _account(obj: Mapping[str, Any], now: datetime) -> list[Any]:
    return [len(obj.get("secrets") or ()), age_of(obj, now)]


CONFIG_MAP = ResourceKind(
    name="ConfigMap",
    plural="configmaps",
    short_names=("cm",),
    strategy=ConfigMapStrategy,
    printer=Printer(columns("#Data|Age"), _config_map),
)
SECRET = ResourceKind(
    name="Secret",
    plural="secrets",
    strategy=SecretStrategy,
    printer=Printer(columns("Type|#Data|Age"), _secret),
    selectable_fields=("type",),
)
SERVICE_ACCOUNT = ResourceKind(
    name="ServiceAccount",
    plural="serviceaccounts",
    short_names=("sa",),
    subresources=frozenset({"token"}),
    printer=Printer(columns("#Secrets|Age"), _account),
)
