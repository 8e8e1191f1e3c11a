"""Validation of a custom resource against its structural schema, with the API server's messages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from canarytui.sandbox.apiserver.errors import Cause
from canarytui.sandbox.go_regexp import BadPattern, compile_pattern

Schema = Mapping[str, Any]
_SKIPPED_AT_ROOT = ("apiVersion", "kind", "metadata")


def validate_object(obj: Mapping[str, Any], schema: Schema) -> list[Cause]:
    """Everything that is wrong with a whole object; its metadata is checked elsewhere."""
    properties = {k: v for k, v in (schema.get("properties") or {}).items() if k not in _SKIPPED_AT_ROOT}
    body = {k: v for k, v in obj.items() if k not in _SKIPPED_AT_ROOT}
    required = [name for name in schema.get("required") or () if name not in _SKIPPED_AT_ROOT]
    return validate(body, {**schema, "properties": properties, "required": required}, "")


def validate(value: Any, schema: Schema, path: str) -> list[Cause]:
    """Everything that is wrong with the value at ``path``."""
    if value is None and schema.get("nullable"):
        return []
    causes = _check_type(value, schema, path)
    if not causes:
        causes += _check_kind(value, schema, path)
    causes += _check_enum(value, schema, path)
    return causes + _check_combinations(value, schema, path)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def show(value: Any) -> str:
    """A value as it appears in messages: strings quoted, numbers bare."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _invalid(path: str, value: Any, text: str) -> Cause:
    return Cause("FieldValueInvalid", path or "<nil>", f"Invalid value: {show(value)}: {text}")


def _check_type(value: Any, schema: Schema, path: str) -> list[Cause]:
    wanted, kind = schema.get("type"), _kind(value)
    if schema.get("x-kubernetes-int-or-string"):
        if kind in ("integer", "string"):
            return []
        wanted = "integer,string"
    if not wanted or kind == wanted or (wanted == "number" and kind == "integer"):
        return []
    text = f'{path} in body must be of type {wanted}: "{kind}"'
    return [Cause("FieldValueTypeInvalid", path or "<nil>", f'Invalid value: "{kind}": {text}')]


def _check_kind(value: Any, schema: Schema, path: str) -> list[Cause]:
    if isinstance(value, dict):
        return _check_object(value, schema, path)
    if isinstance(value, list):
        return _check_list(value, schema, path)
    if isinstance(value, str):
        return _check_string(value, schema, path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _check_number(value, schema, path)
    return []


def _check_object(value: dict[str, Any], schema: Schema, path: str) -> list[Cause]:
    prefix = f"{path}." if path else ""
    causes = [
        Cause("FieldValueRequired", f"{prefix}{name}", "Required value")
        for name in schema.get("required") or ()
        if name not in value
    ]
    count, least, most = len(value), schema.get("minProperties"), schema.get("maxProperties")
    if least is not None and count < least:
        causes.append(_invalid(path, value, f"{path} in body should have at least {least} properties"))
    if most is not None and count > most:
        text = f"Too many: {count}: must have at most {most} items"
        causes.append(Cause("FieldValueTooMany", path or "<nil>", text))
    properties = schema.get("properties") or {}
    additional = schema.get("additionalProperties")
    for key, item in value.items():
        if key in properties:
            causes += validate(item, properties[key], f"{prefix}{key}")
        elif isinstance(additional, Mapping):
            causes += validate(item, additional, f"{prefix}{key}")
    return causes


def _check_list(value: list[Any], schema: Schema, path: str) -> list[Cause]:
    causes: list[Cause] = []
    count, least, most = len(value), schema.get("minItems"), schema.get("maxItems")
    if least is not None and count < least:
        causes.append(_invalid(path, count, f"{path} in body should have at least {least} items"))
    if most is not None and count > most:
        text = f"Too many: {count}: must have at most {most} items"
        causes.append(Cause("FieldValueTooMany", path or "<nil>", text))
    items = schema.get("items")
    if isinstance(items, Mapping):
        for at, item in enumerate(value):
            causes += validate(item, items, f"{path}[{at}]")
    return causes + _check_duplicates(value, schema, path)


def _check_duplicates(value: list[Any], schema: Schema, path: str) -> list[Cause]:
    list_type = schema.get("x-kubernetes-list-type")
    if list_type not in ("set", "map"):
        return []
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    seen: set[str] = set()
    causes = []
    for at, item in enumerate(value):
        if list_type == "map":
            if not isinstance(item, dict):
                continue
            identity: Any = {key: item.get(key) for key in keys if key in item}
        else:
            identity = item
        text = show(identity)
        if text in seen:
            causes.append(Cause("FieldValueDuplicate", f"{path}[{at}]", f"Duplicate value: {text}"))
        seen.add(text)
    return causes


def _check_string(value: str, schema: Schema, path: str) -> list[Cause]:
    causes = []
    least, most, pattern = schema.get("minLength"), schema.get("maxLength"), schema.get("pattern")
    if most is not None and len(value) > most:
        causes.append(Cause("FieldValueTooLong", path, f"Too long: may not be more than {most} bytes"))
    if least is not None and len(value) < least:
        causes.append(_invalid(path, value, f"{path} in body should be at least {least} chars long"))
    if pattern and (wanted := _unmatched(pattern, value)):
        causes.append(_invalid(path, value, f"{path} in body should match '{wanted}'"))
    if schema.get("format") == "date-time" and not _DATE_TIME.fullmatch(value):
        causes.append(_invalid(path, value, f'{path} in body must be of type date-time: "{value}"'))
    return causes


_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)")


def _unmatched(pattern: str, value: str) -> str:
    """The pattern that `value` fails to match, "" if it matches."""
    try:
        return "" if compile_pattern(pattern).search(value) is not None else pattern
    except BadPattern as error:
        return f"{pattern}, but pattern is invalid: {error}"


def _check_number(value: float, schema: Schema, path: str) -> list[Cause]:
    causes = []
    least, most, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    if most is not None and (value > most or (schema.get("exclusiveMaximum") and value == most)):
        words = "less than" if schema.get("exclusiveMaximum") else "less than or equal to"
        causes.append(_invalid(path, value, f"{path} in body should be {words} {show(most)}"))
    if least is not None and (value < least or (schema.get("exclusiveMinimum") and value == least)):
        words = "greater than" if schema.get("exclusiveMinimum") else "greater than or equal to"
        causes.append(_invalid(path, value, f"{path} in body should be {words} {show(least)}"))
    if step and value % step:
        causes.append(_invalid(path, value, f"{path} in body should be a multiple of {show(step)}"))
    bits = {"int32": 31, "int64": 63}.get(schema.get("format", ""))
    if bits and not -(2**bits) <= value < 2**bits:
        text = f'{path} in body must be of type {schema["format"]}: "{show(value)}"'
        causes.append(_invalid(path, value, text))
    return causes


def _check_enum(value: Any, schema: Schema, path: str) -> list[Cause]:
    allowed = schema.get("enum")
    if not allowed or value in allowed:
        return []
    shown = ", ".join(show(item) for item in allowed)
    text = f"Unsupported value: {show(value)}: supported values: {shown}"
    return [Cause("FieldValueNotSupported", path, text)]


def _check_combinations(value: Any, schema: Schema, path: str) -> list[Cause]:
    causes: list[Cause] = []
    for part in schema.get("allOf") or ():
        failures = validate(value, part, path)
        if failures:
            causes += [_combined(path, "must validate all the schemas (allOf)"), *failures]
    any_of = schema.get("anyOf")
    if any_of:
        results = [validate(value, part, path) for part in any_of]
        if all(results):
            causes += [_combined(path, "must validate at least one schema (anyOf)"), *min(results, key=len)]
    one_of = schema.get("oneOf")
    if one_of:
        results = [validate(value, part, path) for part in one_of]
        valid = sum(1 for failures in results if not failures)
        words = "must validate one and only one schema (oneOf). Found "
        if valid == 0:
            causes += [_combined(path, f"{words}none valid"), *min(results, key=len)]
        elif valid > 1:
            causes.append(_combined(path, f"{words}{valid} valid alternatives"))
    if "not" in schema and not validate(value, schema["not"], path):
        causes.append(_combined(path, "must not validate the schema (not)"))
    return causes


def _combined(path: str, text: str) -> Cause:
    return Cause("FieldValueInvalid", "<nil>", f'Invalid value: "": "{path}" {text}')
