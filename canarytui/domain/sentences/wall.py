"""The wall: its large letters, and the lines around them."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TOO_SMALL = Sentence(
    "wall.too_small",
    "The wall needs {columns}x{lines}; this terminal has {columns_here}x{lines_here}.",
    evidence="the terminal's size",
)
KEYS = Sentence(
    "wall.keys",
    "read only · {mute} · ? help · q quit",
    evidence="the wall's connection sends nothing but reads, and the keys that are bound",
)
KEYS_SERVED = Sentence(
    "wall.keys_served",
    "read only · ? help",
    evidence="the wall's connection sends nothing but reads, and a browser has this key",
)
BELL_ON = Sentence(
    "wall.bell_on",
    "m unmutes the bell",
    evidence="the bell is off",
)
BELL_OFF = Sentence(
    "wall.bell_off",
    "m mutes the bell",
    evidence="the bell is on",
)
GATE = Sentence(
    "wall.gate",
    "WAITING FOR GATE",
    evidence="status.phase is Waiting or WaitingPromotion, or a rollout waits with ready pods",
)
CHECK_FAILING = Sentence(
    "wall.check_failing",
    "CHECK FAILING",
    evidence="a check would fail if it were judged now, and the controller has not judged it yet",
)
FIRST_TRAFFIC = Sentence(
    "wall.first_traffic",
    "FIRST TRAFFIC",
    evidence="the first step was taken, at most two checks have failed, each without a value",
)
PODS = Sentence(
    "wall.pods",
    "WAITING FOR PODS",
    evidence="a rollout is in analysis, and the target's pods are not ready",
)
NEW = Sentence(
    "wall.new",
    "NOT PICKED UP",
    evidence="status.phase is empty",
)
RATE = Sentence(
    "wall.rate",
    "{name} {value} (threshold {bound})",
    evidence="a check passes by the console's own query",
)
RATE_OUTSIDE = Sentence(
    "wall.rate_outside",
    "{name} {value} {sign} {limit}",
    evidence="a check fails by the console's own query",
)
RATE_NO_VALUE = Sentence(
    "wall.rate_no_value",
    "{name}: no value (threshold {bound})",
    evidence="the console's query answered without a value",
)
RATE_UNKNOWN = Sentence(
    "wall.rate_unknown",
    "{name}: {problem}",
    evidence="the console's query failed with this error",
    otherwise="wall.rate_not_measured",
)
RATE_NOT_MEASURED = Sentence(
    "wall.rate_not_measured",
    "{name}: not measured yet",
    evidence="the check has no answer and no error",
)
FAILED_AT = Sentence(
    "wall.failed_at",
    "✗ failed at {at:%H:%M:%S}, {age} ago",
    evidence="when the phase became Failed",
)
NO_DATA = Sentence(
    "wall.no_data",
    "no data yet",
    evidence="nothing has been read",
)
AGE = Sentence(
    "wall.age",
    "data {age} old",
    evidence="when the API server was last heard",
)
STALE = Sentence(
    "wall.stale",
    "STALE SINCE {at}",
    evidence="the API server was heard, last at this time",
    otherwise="wall.no_contact",
)
NO_CONTACT = Sentence(
    "wall.no_contact",
    "NO CONTACT SINCE {at}",
    evidence="the API server has not been heard since the wall began",
)
SILENT = Sentence(
    "wall.silent",
    "The API server does not answer.",
    evidence="the API server is not heard, and no error says why",
)
RETRY_OLD = Sentence(
    "wall.retry_old",
    "Trying again; everything below is from then.",
    evidence="the reflector asks again, and what is drawn is what was last read",
    otherwise="wall.retry",
)
RETRY = Sentence(
    "wall.retry",
    "Trying again; nothing is known yet.",
    evidence="the reflector asks again, and nothing has been read",
)
NOTHING = Sentence(
    "wall.nothing",
    "nothing to watch here yet",
    evidence="the canaries were listed, and there are none",
)
NONE_MOVING = Sentence(
    "wall.none_moving",
    "{counts}, none moving",
    evidence="the canaries were listed, and none is active",
)
NONE_WAS_MOVING = Sentence(
    "wall.none_was_moving",
    "{counts}, none was moving",
    evidence="the canaries are stale, and none was active when they were last read",
)
