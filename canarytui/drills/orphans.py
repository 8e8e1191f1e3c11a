"""Drills whose sender has died: they are closed in the audit log, with a report of what is known.

A running drill holds a lock, which ends with its process. A start in the audit log without an end, whose lock nobody
holds, was left behind; its load ended by itself with the last slice.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from canarytui.cluster.audit import AuditLog
from canarytui.cluster.regular_files import open_regular, private_folder, replace_file
from canarytui.domain.sentences import drill_report as words
from canarytui.domain.sentences import drill_run
from canarytui.domain.text.plain import clean
from canarytui.errors import CanarytuiError

_ID = re.compile(r"[a-z0-9-]{1,60}")
_LOOKED_AT = 2000
"""How many lines at the end of the audit log are searched for starts."""

_ENDS = frozenset({"end", "abort"})


class Orphan(Struct, frozen=True):
    """A drill that was closed here: `sentence` is for the person, `context` and `key` are its canary's."""

    context: str
    key: tuple[str, str]
    sentence: str


@contextmanager
def held(audit: AuditLog, identity: str) -> Iterator[None]:
    """Hold the drill's lock. A disk that cannot hold it is no reason not to run: the audit log itself has been
    written."""
    descriptor = _locked(_lock_path(audit, identity))
    try:
        yield
    finally:
        if descriptor is not None:
            _lock_path(audit, identity).unlink(missing_ok=True)
            os.close(descriptor)


def close_orphans(audit: AuditLog) -> list[Orphan]:
    """Close the drills that nobody looks after, each once, even if two programs start at the same time."""
    try:
        drills = _open_drills(audit)
    except CanarytuiError:
        return []  # a log that cannot be read is reported by the next write to it
    return [orphan for identity in drills if (orphan := _close(audit, identity)) is not None]


def _open_drills(audit: AuditLog) -> dict[str, list[dict[str, Any]]]:
    """The lines of each drill that was started and not ended, by its id."""
    drills: dict[str, list[dict[str, Any]]] = {}
    for entry in audit.entries(_LOOKED_AT):
        identity = entry.get("id")
        if entry.get("intent") == "drill" and isinstance(identity, str) and _ID.fullmatch(identity):
            drills.setdefault(identity, []).append(entry)
    return {
        identity: entries
        for identity, entries in drills.items()
        if entries[0].get("stage") == "start" and not any(entry.get("stage") in _ENDS for entry in entries)
    }


def _close(audit: AuditLog, identity: str) -> Orphan | None:
    path = _lock_path(audit, identity)
    descriptor = _locked(path)
    if descriptor is None:
        return None  # somebody looks after it
    try:
        entries = _open_drills(audit).get(identity)
        if entries is None:
            return None  # another program was quicker
        start, sent, codes = entries[0], *_sums(entries)
        kept = {name: start.get(name) for name in ("context", "user", "intent", "canary", "drill", "id", "host")}
        ended = {
            "ending": "aborted",
            "why": words.ORPHAN_WHY.text(),
            "by": drill_run.BY_NEXT_START.text(),
            "sent": sent,
            "codes": codes,
        }
        audit.append({**kept, "stage": "abort", **ended})
        report = path.with_name(f"{_stamp(start)}{identity}.md")
        replace_file(report, _markdown(start, entries, sent, codes).encode("utf-8", "replace"), 0o600)
        namespace, _, name = clean(start.get("canary"), 300).partition("/")
        sentence = words.ORPHAN.text(
            drill=clean(start.get("drill"), 60),
            canary=f"{namespace}/{name}",
            why=words.ORPHAN_WHY.text(),
            sent=sent,
            report=report,
        )
        return Orphan(clean(start.get("context"), 200), (namespace, name), sentence)
    except (OSError, CanarytuiError):
        return None  # tried again at the next start
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _sums(entries: list[dict[str, Any]]) -> tuple[int, dict[str, int]]:
    """The requests that slices reported, and their answers by code."""
    sent, codes = 0, Counter[str]()
    for entry in entries:
        count = entry.get("sent")
        sent += count if isinstance(count, int) else 0
        by_code = entry.get("codes")
        if isinstance(by_code, Mapping):
            codes.update({str(code): number for code, number in by_code.items() if isinstance(number, int)})
    return sent, dict(sorted(codes.items()))


def _markdown(start: Mapping[str, Any], entries: list[dict[str, Any]], sent: int, codes: Mapping[str, int]) -> str:
    began, last = (clean(entry.get("at"), 40) for entry in (start, entries[-1]))
    lines = [
        f"# {words.TITLE.text(drill=clean(start.get('drill'), 60), canary=clean(start.get('canary'), 300))}",
        "",
        words.ORPHAN_BEGUN.text(began=began, last=last, why=words.ORPHAN_WHY.text()),
        words.ORPHAN_UNSEEN.text(),
        "",
        f"- context: {clean(start.get('context'), 200)}",
        f"- host: {clean(start.get('host'), 260)}",
        f"- command: `{clean(start.get('command'), 2000)}`",
        f"- {words.PREDICTED.text(because=clean(start.get('predicted'), 1000))}",
        f"- {words.ORPHAN_COUNTED.text(sent=sent)}",
        *(f"- answered {code}: {count}" for code, count in codes.items()),
    ]
    return "\n".join(lines) + "\n"


def _stamp(start: Mapping[str, Any]) -> str:
    digits = re.sub(r"\D", "", str(start.get("at") or ""))[:14]
    return f"{digits[:8]}-{digits[8:]}-" if len(digits) == 14 else ""


def _lock_path(audit: AuditLog, identity: str) -> Path:
    return audit.path.parent / "drills" / f"{identity}.lock"


def _locked(path: Path) -> int | None:
    """The file, locked; None if another process holds it, or there can be none."""
    with suppress(OSError):
        private_folder(path.parent)
        descriptor = open_regular(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its owner may have ended it in between: the name then leads elsewhere, or nowhere.
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except OSError:
            pass
        os.close(descriptor)
    return None
