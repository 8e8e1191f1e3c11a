"""Clocks that differ: ages, time windows and leases then say something else than they seem to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from canarytui.doctor.examination import DoctorCheck, Examination, found_on
from canarytui.domain.findings import cluster_rules as rules
from canarytui.domain.findings.finding import Finding
from canarytui.domain.text.public_url import public_url
from canarytui.domain.ticks import short_duration
from canarytui.errors import CanarytuiError
from canarytui.metrics.provider_spec import PROMETHEUS, ProviderSpec
from canarytui.metrics.providers.prometheus_vector import VectorSource
from canarytui.session.metric_questions import metrics_address

_TOLERANCE = timedelta(seconds=5)
_PATH = "/livez"
"""Any authenticated user may ask for it, and every answer has a date."""


async def _clocks(examination: Examination) -> list[Finding]:
    """How far the API server's and Prometheus' clocks are from this machine's, and from each other."""
    found = []
    server = await _of_server(examination)
    if server is not None and abs(server) > _TOLERANCE:
        found.append(_finding("the API server's clock", "this machine's", server))
    addresses = {metrics_address(examination.state, each, examination.prometheus) for each in examination.canaries}
    for address in sorted(filter(None, addresses)):
        ahead = await _of_prometheus(examination, address)
        if ahead is not None and server is not None and abs(ahead - server) > _TOLERANCE:
            found.append(_finding(f"the clock of {public_url(address)}", "the API server's", ahead - server))
    return found


def _finding(whose: str, than: str, ahead: timedelta) -> Finding:
    apart = short_duration(abs(ahead.total_seconds()))
    relation = "ahead of" if ahead > timedelta() else "behind"
    message = f"{whose} is {apart} {relation} {than}: time windows of queries and ages are off by that much"
    return found_on(rules.CLOCK_SKEW, "cluster", "", "", message, "synchronise both with NTP")


async def _of_server(examination: Examination) -> timedelta | None:
    began = datetime.now(UTC)
    try:
        _, _, headers = await examination.reader.cluster.request_raw("GET", _PATH)
    except CanarytuiError:
        return None
    date = _date(headers)
    return None if date is None else date - _middle(began) + timedelta(seconds=0.5)  # dates are cut to whole seconds


async def _of_prometheus(examination: Examination, address: str) -> timedelta | None:
    provider = examination.providers.get(ProviderSpec(PROMETHEUS, address))
    if not isinstance(provider, VectorSource):
        return None
    began = datetime.now(UTC)
    try:
        found = await provider.vector("time()")
        return datetime.fromtimestamp(found[0].value, UTC) - _middle(began) if found else None
    except (CanarytuiError, ValueError, OverflowError, OSError):
        return None


def _middle(began: datetime) -> datetime:
    """When the other side answered, as near as can be told."""
    return began + (datetime.now(UTC) - began) / 2


def _date(headers: Mapping[str, str]) -> datetime | None:
    stamp = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        found = parsedate_to_datetime(stamp)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


CHECK = DoctorCheck("clocks", (rules.CLOCK_SKEW,), cluster=_clocks)
