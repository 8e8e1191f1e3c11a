"""The messages of Flagger's Events and log, as patterns to parse them by.

Our controller sends the same messages. :mod:`canarytui.domain.history.facts` turns them into facts,
:mod:`canarytui.domain.rollout.halt_causes` into causes.
"""

from __future__ import annotations

import re

Mark = tuple[str, str]
"""What a fact is about: (aspect, value)."""

COMBINED = "(combined from similar events): "
SAYINGS: tuple[tuple[re.Pattern[str], tuple[Mark, ...]], ...] = tuple(
    (re.compile(pattern), marks)
    for pattern, marks in (
        (r"Advance \S+ canary weight (\d+)", (("weight", r"\1"),)),
        (r"Advance \S+ canary iteration (\d+)/\d+", (("iteration", r"\1"),)),
        (r"Halt (?!.*waiting for )", (("failed", "*"),)),
        (r"(Prometheus|Metric) query failed", (("failed", "*"),)),
        (r"Halt .*waiting for approval", (("phase", "Waiting"),)),
        (r"Halt .*waiting for promotion approval", (("phase", "WaitingPromotion"),)),
        (r"Initialization done!", (("phase", "Initialized"),)),
        (r"New revision detected! Scaling up", (("phase", "Progressing"),)),
        (r"New revision detected! Restarting", (("weight", "0"), ("restart", ""))),
        (r"Copying \S+ template spec", (("phase", "Promoting"),)),
        (r"Routing all traffic to primary", (("phase", "Finalising"), ("weight", "0"))),
        (r"Promotion completed!", (("phase", "Succeeded"),)),
        (r"Canary failed!", (("phase", "Failed"), ("weight", "0"))),
        (r"Promotion of \S+ failed", (("phase", "Failed"), ("weight", "100"))),
        (r"Terminating canary", (("phase", "Terminating"),)),
    )
)

SKIPS = "skipping canary run as object is suspended"
"""Sent at every tick while a canary is suspended."""

WAITS_FOR_INCREASE = "waiting for traffic increase approval"
"""A closed confirm-traffic-increase gate has no phase of its own: only this message shows it."""

WARNS = re.compile(
    r"Halt |Rolling back |Canary failed!|Rollback check |.* failed[ :]|.* not ready: |.* error: |Error "
    r"|(?:Prometheus|Metric) query failed|.* is not supported when |Setting canaryAnalysis"
)

STARTING = re.compile(r"Starting canary analysis for |Halt \S+ advancement pre-rollout check ")
"""The first tick of an analysis."""
WAITS_FOR_PROMOTION = re.compile(r"Halt .*waiting for promotion approval")
HOOK_REFUSED = re.compile(r"Halt \S+ advancement (?:external|pre-rollout) check \S+ failed")
UNREADY = re.compile(r"(?:canary|primary) \S+ \S+ not ready\b")
ROLLING_BACK = re.compile(r"Rolling back ")
NOT_ANALYSED = re.compile(r"Promotion completed! Canary analysis was skipped")

THRESHOLD = re.compile(r"Rolling back \S+ failed checks threshold reached (\d+)")
INVOKED = re.compile(r"Rolling back \S+ manual webhook invoked")
HOOK_PASSED = re.compile(r"Rollback check (\S+) passed")
SET_BACK = re.compile(r"Rolling back \S+ target was set back to the promoted revision")
NOT_READY = re.compile(r"canary \S+ \S+ not ready(?: with retryable \w+)?: (.+)", re.DOTALL)
REFUSED = re.compile(r"(?:external|pre-rollout|confirm-\S+) check (\S+) failed ?(.*)", re.DOTALL | re.IGNORECASE)
QUERY_FAILED = re.compile(r"(?:Prometheus query|Metric query) failed(?: for (\S+?))?: (.*)", re.DOTALL)
NO_VALUES = re.compile(r"(?:Halt advancement )?no values found for \S+ metric (\S+) probably", re.DOTALL)
NO_VALUES_OF_OWN = re.compile(r"(?:Halt advancement )?no values found for (?:custom )?metric: ([^:]+)")
CROSSED = re.compile(r"(.+?) (\S+) ([<>]) (\S+)")
QUERY_LEAD = "running query failed: "

_LEADS = ("Halt ", "advancement ")


def reason_of(text: str) -> str:
    """The reason in a halt message: ``Halt podinfo.test advancement success rate 53 % < 99%`` →
    ``success rate 53 % < 99%``; any other text as it is."""
    if text.startswith(_LEADS[0]) and _LEADS[1] in text:
        return text.split(_LEADS[1], 1)[1]
    return text
