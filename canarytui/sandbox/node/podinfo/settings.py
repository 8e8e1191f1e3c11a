"""A podinfo container's settings, from its command line and environment.

The flags are podinfo's; those without effect here (ports of other protocols, cache servers …) are accepted and
ignored, because a pod spec written for the real image must start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from canarytui.sandbox.whole_number import whole_number

DEFAULT_PORT = 9898
DEFAULT_COLOR = "#34577c"
DEFAULT_LOGO = "https://raw.githubusercontent.com/stefanprodan/podinfo/gh-pages/cuddle_clap.gif"


class PodinfoSettings(Struct, frozen=True):
    """Parsed flags; `random_delay_ms` is (min, max) or None."""

    hostname: str
    version: str
    color: str = DEFAULT_COLOR
    message: str = ""
    logo: str = DEFAULT_LOGO
    port: int = DEFAULT_PORT
    metrics_port: int = 0
    random_error: bool = False
    random_delay_ms: tuple[int, int] | None = None
    unhealthy: bool = False
    unready: bool = False


def parse_settings(arguments: Sequence[str], env: Mapping[str, str], *, hostname: str, version: str) -> PodinfoSettings:
    """Settings from the container's arguments; flags win over environment variables ``PODINFO_UI_*``."""
    flags = _flags(arguments)

    def text(flag: str, default: str) -> str:
        return flags.get(flag) or env.get("PODINFO_" + flag.upper().replace("-", "_")) or default

    def truth(flag: str) -> bool:
        return text(flag, "false").lower() in ("true", "1", "t")

    def whole(flag: str, default: int) -> int:
        value = whole_number(text(flag, str(default)))
        return default if value is None else value

    delay = None
    if truth("random-delay"):
        unit = 1000 if text("random-delay-unit", "s") == "s" else 1
        low, high = whole("random-delay-min", 0), whole("random-delay-max", 5)
        delay = (min(low, high) * unit, max(low, high) * unit)
    return PodinfoSettings(
        hostname=hostname,
        version=version,
        color=text("ui-color", DEFAULT_COLOR),
        message=text("ui-message", f"greetings from podinfo v{version}"),
        logo=text("ui-logo", DEFAULT_LOGO),
        port=whole("port", DEFAULT_PORT),
        metrics_port=whole("port-metrics", 0),
        random_error=truth("random-error"),
        random_delay_ms=delay,
        unhealthy=truth("unhealthy"),
        unready=truth("unready"),
    )


def _flags(arguments: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting = ""
    for argument in arguments:
        if argument.startswith("--"):
            name, equals, value = argument[2:].partition("=")
            found[name] = value if equals else "true"
            waiting = "" if equals else name
        elif waiting:
            found[waiting] = argument
            waiting = ""
    return found
