"""InfluxDB 2's query API: ``POST /api/v2/query`` with a Flux query, answered in annotated CSV.

https://docs.influxdata.com/influxdb/v2/api/, https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/
"""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from canarytui.metrics.answers import NO_VALUES, Answer, NoValues, Value
from canarytui.metrics.provider_spec import ProviderSpec
from canarytui.metrics.providers.rest_provider import Reply, ServiceFailure
from canarytui.metrics.providers.sampled_history import SampledHistoryProvider

_ONLINE = 'from(bucket: "default") |> range(start: -2h)'
_DIALECT = {"annotations": ["datatype", "group", "default"], "delimiter": ",", "header": True}
_DATATYPES, _DEFAULTS = "#datatype", "#default"
_WHOLE = ("long", "unsignedLong")


class FluxRecord(Struct, frozen=True):
    """A row of a table: the text of each cell, the default's where it is empty, and the datatype of each column."""

    cells: dict[str, str]
    datatypes: dict[str, str]

    def __str__(self) -> str:
        """``key:value`` pairs, as Flagger's client writes a record."""
        return ",".join(f"{name}:{value}" for name, value in sorted(self.cells.items()) if name)


class InfluxdbProvider(SampledHistoryProvider):
    """`spec.credentials` are a ``token`` and an ``org``."""

    required = (
        ("token", "influxdb credentials does not contain an authentication token"),
        ("org", "influxdb credentials does not contain an organisation"),
    )
    needs_secret = False
    secret_keys = ("token",)
    timeout_s = 15.0

    @classmethod
    def configuration_error(cls, spec: ProviderSpec) -> str:
        if not spec.address:
            return "influxdb endpoint is not set"
        return super().configuration_error(spec)

    async def _value_at(self, text: str, at_s: float | None) -> Answer:
        """``_value`` of the first record. An answer without records, or of another kind, is 0 for Flagger.

        Ranges of the past are relative to ``now``; a query with times of its own has always the same answer.
        """
        reply = await self._queried(text, at_s)
        try:
            record = first_record(reply.text)
            if record is not None:
                return self._of_record(record)
        except ValueError as error:
            if not self.spec.strict:
                raise self._unreadable(reply, error) from error
        return Value(0.0) if self.spec.strict else NoValues()

    def _of_record(self, record: FluxRecord) -> Answer:
        """Raises ValueError: its number is none."""
        text, datatype = record.cells.get("_value", ""), record.datatypes.get("_value", "")
        if not text:
            return self._no_value(record)
        if datatype != "double" and (self.spec.strict or datatype not in _WHOLE):
            raise ServiceFailure(f"invalid response: {self.hidden(str(record))}")
        try:
            number = float(text)
        except ValueError as error:
            raise ValueError(f"{text} is no number") from error
        return self._no_value(record) if math.isnan(number) and not self.spec.strict else Value(number)

    def _no_value(self, record: FluxRecord) -> NoValues:
        return NoValues(f"invalid response: {self.hidden(str(record))}: {NO_VALUES}")

    def _unreadable(self, reply: Reply, why: ValueError) -> ServiceFailure:
        return ServiceFailure(f"invalid response: {why}: {self.shown(reply)}")

    async def _check(self) -> None:
        reply = await self._queried(_ONLINE)
        if not self.spec.strict:
            try:
                first_record(reply.text)
            except ValueError as error:
                raise self._unreadable(reply, error) from error

    async def _queried(self, text: str, at_s: float | None = None) -> Reply:
        asked = {"query": text, "type": "flux", "dialect": _DIALECT}
        if at_s is not None:
            asked["now"] = datetime.fromtimestamp(at_s, UTC).isoformat()
        body = json.dumps(asked).encode()
        headers = {"Content-Type": "application/json"}
        if token := self.credential("token"):
            headers["Authorization"] = f"Token {token}"
        org = [("org", self.credential("org"))]
        reply = await self.send("POST", "/api/v2/query", org, headers=headers, body=body)
        if reply.status >= 300:
            raise ServiceFailure(f"error accessing influxdb query api: {self._refusal(reply)}")
        return reply

    def _refusal(self, reply: Reply) -> str:
        try:
            said: Any = self.decoded(reply)
            code, message = said["code"], said["message"]
        except (ServiceFailure, KeyError):
            return f"{reply.status_line}: {self.shown(reply)}"
        return self.hidden(f"{code}: {message}")


def first_record(text: str) -> FluxRecord | None:
    """The first row of the first table that has rows, None where none has.

    Raises:
        ValueError: no annotated CSV, or InfluxDB's table of errors; the text says which.
    """
    annotations: dict[str, list[str]] = {}
    header: list[str] | None = None
    try:
        for row in csv.reader(io.StringIO(text)):
            if not row or row[0].startswith("#"):
                if header is not None or not row:  # the next table begins
                    annotations, header = {}, None
                if row:
                    annotations[row[0]] = row[1:]
            elif header is not None:
                return _record(header, row[1:], annotations)
            elif _DATATYPES not in annotations:
                raise ValueError("it is no annotated CSV")
            else:
                header = row[1:]
                if header[:1] == ["error"]:
                    raise ValueError("InfluxDB reports an error")
    except csv.Error as error:
        raise ValueError(f"it is no CSV ({error})") from error
    return None


def _record(header: list[str], row: list[str], annotations: dict[str, list[str]]) -> FluxRecord:
    defaults = dict(zip(header, annotations.get(_DEFAULTS, []), strict=False))
    cells = {name: text or defaults.get(name, "") for name, text in zip(header, row, strict=False)}
    return FluxRecord(cells, dict(zip(header, annotations[_DATATYPES], strict=False)))
