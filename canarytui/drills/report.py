"""The report on a drill that has ended, for people (Markdown) and machines (JSON): prediction, outcome, answers,
checks. Pure.

Values of clusters and applications are cleaned; in Markdown they stand in code or tables, where nothing is markup.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from canarytui.domain.rollout.checks import number_text
from canarytui.domain.rollout.comparison_object import comparison_object
from canarytui.domain.sentences import drill_plan, drill_run
from canarytui.domain.sentences import drill_report as words
from canarytui.domain.text.json_text import json_text
from canarytui.domain.text.markdown import plain_markdown
from canarytui.domain.text.plain import clean
from canarytui.drills.hey_report import BUCKETS_S
from canarytui.drills.predicted import DrillOutcome, Prediction
from canarytui.drills.run_view import DrillEnding, RunView
from canarytui.drills.shadow_report import shadow_summaries
from canarytui.drills.text_plot import plot_check

_BAR = 30


def as_markdown(view: RunView) -> str:
    """The report as Markdown, in sections."""
    plan = view.plan
    name = "/".join(plan.key)
    lines = [
        f"# {words.TITLE.text(drill=plan.drill.name, canary=plain_markdown(name))}",
        "",
        words.VERDICT.text(title=plan.drill.title, ending=verdict(view)),
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {what} | {plain_markdown(value)} |" for what, value in _facts(view)),
        "",
        f"## {words.COMMAND.text()}",
        "",
        "```",
        plan.command(),
        "```",
        "",
        f"## {words.PREDICTION.text()}",
        "",
        f"- {words.PREDICTED.text(because=plain_markdown(plan.prediction.because))}",
        f"- {words.HAPPENED.text(outcome=plain_markdown(happened(view)))}",
        f"- **{comparison(view)}**" if view.within_prediction is False else f"- {comparison(view)}",
        *(f"- {drill_plan.NOT_PREDICTED.text(caveat=plain_markdown(caveat))}" for caveat in plan.prediction.caveats),
        "",
        *_comparison_section(view),
        "## Answers",
        "",
        _requests(view),
        "",
        "```",
        *answer_lines(view),
        "",
        *latency_lines(view),
        "```",
        "",
        *_check_sections(view),
        *_shadow_section(view),
        "## Timeline",
        "",
        "```",
        *(f"{entry.at:%H:%M:%S} {'!' if entry.warning else ' '} {clean(entry.text, 300)}" for entry in view.entries),
        "```",
    ]
    return "\n".join(lines) + "\n"


def as_json(view: RunView) -> str:
    """The report as one JSON object; times are ISO 8601."""
    return json_text(as_object(view), indent=2, ascii_only=False) + "\n"


def as_object(view: RunView) -> dict[str, Any]:
    """What :func:`as_json` writes."""
    plan, drill = view.plan, view.plan.drill
    return {
        "id": plan.id,
        "canary": {"namespace": plan.key[0], "name": plan.key[1]},
        "context": plan.context,
        "user": plan.who,
        "drill": {
            "name": drill.name,
            "provokes": drill.phrase(),
            "rate": drill.rate,
            "concurrency": drill.concurrency,
            "durationSeconds": drill.duration_s,
        },
        "host": plan.place.host,
        "sentFrom": plan.origin.value,
        "command": plan.command(),
        "began": _iso(view.began),
        "ended": _iso(view.ended),
        "ending": view.ending.value,
        "why": view.why,
        "by": view.by,
        "prediction": _prediction(plan.prediction),
        "outcome": {
            "ticks": view.ticks,
            "phase": view.phase,
            "failedChecks": view.failed_checks,
            "withinPrediction": view.within_prediction,
        },
        "answers": {
            "sent": view.answers.sent,
            "missingSummaries": view.answers.unreported,
            "byCode": {str(code): count for code, count in sorted(view.answers.codes.items())},
            "errors": dict(view.answers.errors),
            "slowestSeconds": view.answers.slowest_s,
            "latency": [
                {"upToSeconds": None if math.isinf(end) else end, "count": count}
                for end, count in zip(BUCKETS_S, view.answers.latencies, strict=True)
            ],
        },
        "comparison": comparison_object(view.compared) if view.compared is not None else None,
        "checks": [{"at": _iso(point.at), "check": point.check, "value": point.value} for point in view.points],
        "shadowChecks": [each.as_object() for each in shadow_summaries(view)],
        "timeline": [{"at": _iso(entry.at), "text": entry.text, "warning": entry.warning} for entry in view.entries],
    }


def verdict(view: RunView) -> str:
    """One phrase: how it ended."""
    ending = view.ending.value or view.stage.value
    if view.ending is DrillEnding.ROLLED_BACK:
        return words.ENDED_AT_TICK.text(ending=ending, tick=view.ticks)
    if view.ending is DrillEnding.ABORTED:
        return words.ENDED_BY.text(ending=ending, by=view.by, why=clean(view.why, 300))
    return words.ENDED.text(ending=ending)


def happened(view: RunView) -> str:
    """What became of the rollout."""
    if view.ending in (DrillEnding.ROLLED_BACK, DrillEnding.PROMOTED):
        return words.DECIDED.text(ending=view.ending.value, tick=view.ticks, seconds=view.elapsed_s)
    if view.ending is DrillEnding.ABORTED:
        return words.ABORTED.text(by=view.by, seconds=view.elapsed_s, why=clean(view.why, 300))
    return words.UNDECIDED.text(
        state=view.state or view.phase, failed=view.failed_checks, threshold=view.threshold, ticks=view.ticks
    )


def comparison(view: RunView) -> str:
    """Whether the prediction held."""
    predicted = view.plan.prediction
    if view.within_prediction is None:
        return words.NOT_COMPARABLE.text()
    if not view.within_prediction:
        return words.WRONG.text()
    if predicted.at_tick and view.ending is not DrillEnding.COMPLETED:
        off = abs(predicted.at_tick - view.ticks)
        return words.HELD_ONE_OFF.text(off=off) if off else words.HELD_TO_THE_TICK.text()
    return words.HELD.text()


def answer_lines(view: RunView, bar: int = _BAR) -> list[str]:
    """Answers by code and errors, with bars of at most `bar` columns."""
    counts = [(f"HTTP {code}", count) for code, count in sorted(view.answers.codes.items())]
    counts += [(clean(text, 60), count) for text, count in view.answers.errors.items()]
    return _bars(counts, bar) if counts else [drill_run.NO_ANSWERS.text()]


def latency_lines(view: RunView, bar: int = _BAR) -> list[str]:
    """The latency histogram."""
    counts = [
        ("more" if math.isinf(end) else words.UP_TO.text(milliseconds=number_text(end * 1000)), count)
        for end, count in zip(BUCKETS_S, view.answers.latencies, strict=True)
    ]
    last = max((i for i, (_, count) in enumerate(counts) if count), default=-1)
    return _bars(counts[: last + 1], bar)


def _comparison_section(view: RunView) -> list[str]:
    """Whether the canary was worse than the primary, where both were measured."""
    if view.compared is None or view.compared.verdict is None:
        return []
    said = (view.compared.phrase.text, view.compared.cost_text)
    return [f"## {words.COMPARISON.text()}", "", *(f"- {plain_markdown(each)}" for each in said if each), ""]


def _check_sections(view: RunView) -> list[str]:
    if view.began is None:
        return []
    lines = []
    for name in dict.fromkeys(point.check for point in view.points):
        points = [(point.at, point.value) for point in view.points if point.check == name]
        bound = next((point.bound for point in view.points if point.check == name), None)
        drawn = plot_check(points, bound, view.began)
        if drawn:
            lines += [f"## Check {plain_markdown(name)}", "", "```", drawn, "```", ""]
    return lines


def _shadow_section(view: RunView) -> list[str]:
    """What the shadow checks would have said, where there are any."""
    said = [each.phrase for each in shadow_summaries(view)] if view.began is not None else []
    return [f"## {words.SHADOWS.text()}", "", *(f"- {plain_markdown(each)}" for each in said), ""] if said else []


def _facts(view: RunView) -> list[tuple[str, str]]:
    plan, drill = view.plan, view.plan.drill
    return [
        ("canary", "/".join(plan.key)),
        ("context", plan.context),
        ("who", plan.who),
        ("provokes", drill.phrase()),
        ("host", f"{plan.place.host} ({plan.place.source})"),
        ("sent from", plan.origin.value),
        ("rate", words.LOAD.text(rate=drill.rate, workers=drill.concurrency, seconds=drill.duration_s)),
        ("began", f"{view.began:%Y-%m-%d %H:%M:%S %Z}".strip() if view.began else "never"),
        ("ended", f"{view.ended:%Y-%m-%d %H:%M:%S %Z}".strip() if view.ended else "not yet"),
        (words.MARKED.text(), f"X-Canarytui-Drill: {plan.id}/N"),
    ]


def _prediction(predicted: Prediction) -> dict[str, Any]:
    return {
        "outcome": predicted.outcome.value,
        "atTick": predicted.at_tick if predicted.outcome in (DrillOutcome.ROLLED_BACK, DrillOutcome.PROMOTED) else None,
        "at": _iso(predicted.at),
        "because": predicted.because,
        "caveats": list(predicted.caveats),
        "ticks": [
            {
                "number": tick.number,
                "at": _iso(tick.at),
                "weight": tick.weight,
                "failedChecks": tick.failed_checks,
                "values": dict(tick.values),
                "failing": list(tick.failing),
            }
            for tick in predicted.ticks
        ],
    }


def _bars(counts: list[tuple[str, int]], bar: int) -> list[str]:
    if not counts:
        return []
    label, most = max(len(text) for text, _ in counts), max(count for _, count in counts) or 1
    digits = len(str(most))
    return [f"{text:<{label}}  {count:>{digits}}  {'#' * round(bar * count / most)}".rstrip() for text, count in counts]


def _requests(view: RunView) -> str:
    sent, slices, missing = view.answers.sent, view.slices, view.answers.unreported
    if missing:
        return words.REQUESTS_AT_LEAST.text(sent=sent, slices=slices, missing=missing)
    return words.REQUESTS.text(sent=sent, slices=slices, rate=_rate(view))


def _rate(view: RunView) -> str:
    return f"{view.answers.sent / view.elapsed_s:.1f}" if view.elapsed_s else "0"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at is not None else None
