"""Texts about a running drill: its state, the answers so far, its timeline, a banner. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo

from rich.text import Text

from canarytui.console.drill.plan_words import outcome_phrase
from canarytui.domain.sentences import drill_screen as words
from canarytui.domain.text.plain import clean, cut, width
from canarytui.drills.drill_plan import Origin
from canarytui.drills.report import answer_lines, latency_lines
from canarytui.drills.run_view import DrillStage, RunView

_BAR_WORDS = 34
"""Columns of an answer's or latency's line beside its bar."""


def left_s(view: RunView) -> float:
    """Seconds until it ends by itself."""
    return max(view.plan.drill.duration_s - view.elapsed_s, 0.0)


def banner(view: RunView) -> str:
    """A few words for the title bar."""
    name = clean("/".join(view.plan.key), 60)
    if view.stage in (DrillStage.STOPPING, DrillStage.ENDED):
        return words.BANNER_ENDING.text(canary=name)
    return words.BANNER.text(canary=name, sent=view.answers.sent, seconds=left_s(view))


def head_text(view: RunView, columns: int, now: datetime, label: str = "") -> Text:
    """What is sent where, the time left, and the prediction. `label` is what the list calls the canary's state;
    its phase without."""
    plan, predicted = view.plan, view.plan.prediction
    text = Text(no_wrap=True)
    what = words.ON.text(title=clean(plan.drill.title, 60), canary=clean("/".join(plan.key), 80))
    origin = words.FROM_CLUSTER if plan.origin is Origin.CLUSTER else words.FROM_HERE
    to = f"  →  {origin.text(host=clean(plan.place.host, 120))}"
    text.append(cut(what, columns), style="strong")
    text.append(cut(to, max(columns - width(what), 0)) + "\n")
    text.append_text(_progress(view, columns))
    text.append("\n")
    said = outcome_phrase(predicted, now) if predicted.at is not None else clean(predicted.because, 400)
    text.append(cut(words.PREDICTED.text(outcome=said), columns) + "\n", style="quiet")
    failed = words.FAILED_CHECKS.text(count=view.failed_checks, threshold=view.threshold)
    room = max(columns - width(failed) - 3, 0)
    text.append(failed, style="bad" if view.failed_checks else "")
    state = clean(label or view.state or view.phase, 40)
    phrases = [words.WEIGHT.text(weight=view.weight), state, words.TICK.text(tick=view.ticks)]
    if view.primary_failing is not None:
        phrases.insert(0, words.PRIMARY_FAILING.text(percent=view.primary_failing))
    text.append(_whole(phrases, room))
    return text


def _whole(phrases: list[str], room: int) -> str:
    """As many phrases as there is room for, the most important first."""
    text = ""
    for phrase in phrases:
        if width(text) + 3 + width(phrase) > room:
            break
        text += f"   {phrase}"
    return text


def _progress(view: RunView, columns: int) -> Text:
    duration_s = view.plan.drill.duration_s
    state = {
        DrillStage.PLANNED: "begins",
        DrillStage.RUNNING: "sending",
        DrillStage.STOPPING: "ending",
        DrillStage.ENDED: "ended",
    }
    progress = f" {words.PROGRESS.text(state=state[view.stage], elapsed=view.elapsed_s, left=left_s(view))}"
    room = max(columns - width(progress), 8)
    done = min(round(room * view.elapsed_s / duration_s), room) if duration_s else room
    text = Text(no_wrap=True)
    text.append("█" * done, style="active")
    text.append("░" * (room - done), style="quiet")
    text.append(progress, style="strong" if view.stage is DrillStage.RUNNING else "waiting")
    return text


def answers_text(view: RunView, columns: int, lines: int) -> Text:
    """Requests by answer, then by latency, with bars; the latencies give way where room is short."""
    answers, bar = view.answers, max(columns - _BAR_WORDS, 4)
    # Requests in flight are not counted yet.
    sent, slices = answers.sent, view.slices - view.under_way
    head = words.REQUESTS_RATE.text(sent=sent, slices=slices, rate=sent / answers.seconds) if answers.seconds else (
        words.REQUESTS.text(sent=sent, slices=slices)
    )  # fmt: skip
    text = Text(f"{head}\n", style="strong", no_wrap=True)
    rows = [cut(line, columns) for line in answer_lines(view, bar)][: max(lines - 1, 1)]
    for row in rows:
        text.append(f"{row}\n", style="bad" if row.startswith("HTTP 5") else "")
    late = latency_lines(view, bar)
    room = lines - 2 - len(rows)
    if late and room >= 2:
        text.append("latency\n", style="strong")
        text.append("\n".join(cut(line, columns) for line in late[-(room - 1) :]))
    text.rstrip()
    return text


def timeline_text(view: RunView, columns: int, lines: int, zone: tzinfo | None) -> Text:
    """The newest entries, oldest of them first."""
    text = Text(no_wrap=True)
    for entry in view.entries[-max(lines, 1) :]:
        text.append(f"{entry.at.astimezone(zone):%H:%M:%S} ", style="quiet")
        text.append("! " if entry.warning else "  ", style="bad")
        text.append(cut(clean(entry.text, 300), max(columns - 11, 8)) + "\n", style="waiting" if entry.warning else "")
    text.rstrip()
    return text
