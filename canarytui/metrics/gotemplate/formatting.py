"""Values as Go's fmt writes them: ``print``, ``println``, ``printf`` and what an action prints.

The values that a template can have are str, int, float, complex, bool, None and maps of strings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Value = str | int | float | complex | bool | dict[str, str] | None

_SHORTEST_LIMIT = 6
"""Where no precision is given, this exponent is the first that is written as one."""

MAX_WIDTH = 4096
"""A width or precision beyond this is cut: nobody means it, and it costs memory."""

_DIRECTIVE = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<rest>(?:\[\d+\])?(?:\*|\d+)?(?:\.(?:\[\d+\])?(?:\*|\d+)?)?(?:\[\d+\])?)"
)
_REST = re.compile(
    r"(?:\[(?P<width_index>\d+)\](?=\*))?(?P<width>\*|\d+)?"
    r"(?P<point>\.(?:\[(?P<precision_index>\d+)\](?=\*))?(?P<precision>\*|\d+)?)?(?:\[(?P<index>\d+)\])?\Z"
)
_SIMPLE_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
}


def quoted(text: str, *, quote: str = '"', ascii_only: bool = False) -> str:
    """`text` as a Go literal in `quote`, as strconv.Quote writes it."""
    pieces = []
    for letter in text:
        if letter == quote:
            pieces.append("\\" + letter)
        elif letter in _SIMPLE_ESCAPES:
            pieces.append(_SIMPLE_ESCAPES[letter])
        elif " " <= letter <= "~" or (letter > "~" and letter.isprintable() and not ascii_only):
            pieces.append(letter)
        else:
            code = ord(letter)
            pieces.append(f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return f"{quote}{''.join(pieces)}{quote}"


def type_name(value: Value) -> str:
    """The Go type of `value`; ``<nil>`` for None."""
    if value is None:
        return "<nil>"
    names: dict[type, str] = {
        bool: "bool",
        int: "int",
        float: "float64",
        complex: "complex128",
        str: "string",
        dict: "map[string]string",
    }
    return names[type(value)]


def shown(value: Value) -> str:
    """``%v`` of `value`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _general(value, None)
    if isinstance(value, complex):
        return f"({shown(value.real)}{_signed(shown(value.imag))}i)"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{value[key]}' for key in sorted(value))}]"
    return str(value)


def print_all(values: Sequence[Value]) -> str:
    """fmt.Sprint: a space between two neighbours of which neither is a string."""
    pieces: list[str] = []
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            pieces.append(" ")
        pieces.append(shown(value))
    return "".join(pieces)


def print_line(values: Sequence[Value]) -> str:
    """fmt.Sprintln."""
    return " ".join(shown(value) for value in values) + "\n"


def printf(text: str, values: Sequence[Value]) -> str:
    """fmt.Sprintf; what does not fit is marked in the text as Go marks it (``%!d(string=x)``)."""
    pieces: list[str] = []
    at, argument, reordered = 0, 0, False
    while True:
        start = text.find("%", at)
        if start < 0:
            pieces.append(text[at:])
            break
        pieces.append(text[at:start])
        found = _DIRECTIVE.match(text, start)
        parts = _REST.match(found["rest"]) if found else None
        if found is None or parts is None:
            at = start + 1
            pieces.append("%!(BADINDEX)")
            continue
        at = found.end()
        flags = found["flags"]
        width, argument, problem = _number(parts["width"], parts["width_index"], values, argument, "WIDTH")
        if width is not None and width < 0:
            flags, width = flags + "-", -width
        pieces.append(problem)
        precision, argument, problem = _number(parts["precision"], parts["precision_index"], values, argument, "PREC")
        if parts["point"] is not None and precision is None and not problem:
            precision = 0
        pieces.append(problem)
        bad_index = False
        if parts["index"] is not None:
            reordered = True
            bad_index = not 1 <= int(parts["index"]) <= len(values)
            argument = argument if bad_index else int(parts["index"]) - 1
        verb = text[at : at + 1]
        at += 1
        if not verb:
            pieces.append("%!(NOVERB)")
            break
        if verb == "%":
            pieces.append("%")
        elif bad_index:
            pieces.append(f"%!{verb}(BADINDEX)")
        elif argument >= len(values):
            pieces.append(f"%!{verb}(MISSING)")
        else:
            pieces.append(_formatted(values[argument], verb, frozenset(flags), width, precision))
            argument += 1
    if not reordered and argument < len(values):
        extra = ", ".join(_typed(value) for value in values[argument:])
        pieces.append(f"%!(EXTRA {extra})")
    return "".join(pieces)


def _number(
    written: str | None, index: str | None, values: Sequence[Value], argument: int, name: str
) -> tuple[int | None, int, str]:
    """(the number, the next argument, what is said when the argument is no number)."""
    if written is None:
        return None, argument, ""
    if written != "*":
        return min(int(written[:6]), MAX_WIDTH), argument, ""
    at = int(index) - 1 if index else argument
    value = values[at] if 0 <= at < len(values) else None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 1_000_000:
        return None, at + 1, f"%!(BAD{name})"
    if name == "PREC" and value < 0:
        return None, at + 1, "%!(BADPREC)"
    return max(min(value, MAX_WIDTH), -MAX_WIDTH), at + 1, ""


def _formatted(value: Value, verb: str, flags: frozenset[str], width: int | None, precision: int | None) -> str:
    if verb == "T":
        return _padded(type_name(value), flags, width)
    if value is None:
        return _padded("<nil>", flags, width) if verb == "v" else f"%!{verb}(<nil>)"
    if isinstance(value, dict):
        return _map(value, verb, flags, width, precision)
    body = _body(value, verb, flags, precision)
    if body is None:
        return f"%!{verb}({_typed(value)})"
    return _padded(body, flags, width, numeric=_numeric(value, verb))


def _typed(value: Value) -> str:
    return "<nil>" if value is None else f"{type_name(value)}={shown(value)}"


def _map(value: dict[str, str], verb: str, flags: frozenset[str], width: int | None, precision: int | None) -> str:
    def each(text: str) -> str:
        return _formatted(text, verb, flags, width, precision)

    if verb == "v" and "#" in flags:
        pairs = ", ".join(f"{each(key)}:{each(value[key])}" for key in sorted(value))
        return f"map[string]string{{{pairs}}}"
    return f"map[{' '.join(f'{each(key)}:{each(value[key])}' for key in sorted(value))}]"


def _numeric(value: Value, verb: str) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and verb not in "qcUT"


def _body(value: Value, verb: str, flags: frozenset[str], precision: int | None) -> str | None:
    """The text before padding; None where `verb` does not go with the value's type."""
    if isinstance(value, bool):
        return str(value).lower() if verb in "tv" else None
    if isinstance(value, str):
        return _string(value, verb, flags, precision)
    if isinstance(value, int):
        return _integer(value, verb, flags, precision)
    if isinstance(value, float):
        return _float(value, verb, flags, precision)
    if isinstance(value, complex):
        parts = [_float(part, verb, flags, precision) for part in (value.real, value.imag)]
        return None if None in parts else f"({parts[0]}{_signed(str(parts[1]))}i)"
    return None


def _string(value: str, verb: str, flags: frozenset[str], precision: int | None) -> str | None:
    if precision is not None and verb in "svqxX":
        value = value[:precision]
    if verb == "v" and "#" in flags:
        return quoted(value)
    if verb in "sv":
        return value
    if verb == "q":
        if "#" in flags and "`" not in value and value.isprintable():
            return f"`{value}`"
        return quoted(value, ascii_only="+" in flags)
    if verb in "xX":
        digits = value.encode("utf-8", "surrogatepass").hex(" ") if " " in flags else value.encode().hex()
        digits = f"0x{digits}" if "#" in flags and digits else digits
        return digits.upper() if verb == "X" else digits
    return None


_BASES: dict[str, tuple[str, str]] = {
    "d": ("d", ""),
    "v": ("d", ""),
    "b": ("b", "0b"),
    "o": ("o", "0"),
    "O": ("o", "0o"),
}
_BASES |= {"x": ("x", "0x"), "X": ("X", "0X")}


def _integer(value: int, verb: str, flags: frozenset[str], precision: int | None) -> str | None:
    if verb in "cqU":
        letter = chr(value) if 0 <= value <= 0x10FFFF else "\ufffd"
        if verb == "c":
            return letter
        if verb == "q":
            return quoted(letter, quote="'", ascii_only="+" in flags)
        return f"U+{value:04X}" + (f" '{letter}'" if "#" in flags and letter.isprintable() else "")
    if verb not in _BASES:
        return None
    base, prefix = _BASES[verb]
    digits = format(abs(value), base)
    if precision is not None:
        digits = "" if precision == 0 and value == 0 else digits.rjust(precision, "0")
    if prefix and ("#" in flags or verb == "O"):
        digits = prefix + digits
    return _sign(value < 0, flags) + digits


def _float(value: float, verb: str, flags: frozenset[str], precision: int | None) -> str | None:
    if verb not in "eEfFgGv":
        return None
    negative = str(value).startswith("-")
    size = abs(value)
    if value != value or size == float("inf"):
        text = "NaN" if value != value else "Inf"
        return ("+" if text == "Inf" and not negative and "+" in flags else "-" if negative else "") + text
    if verb in "eE":
        text = format(size, f".{6 if precision is None else precision}e")
    elif verb in "fF":
        text = format(size, f".{6 if precision is None else precision}f")
    else:
        text = _general(size, precision)
    return _sign(negative, flags) + (text.upper() if verb in "EG" else text)


def _general(value: float, precision: int | None) -> str:
    """%g: shortest digits, or `precision` significant ones; an exponent below -4 and from the limit on."""
    if value != value:
        return "NaN"
    sign = "-" if str(value).startswith("-") else ""
    size = abs(value)
    if size == float("inf"):
        return "-Inf" if sign else "+Inf"
    if precision is None:
        mantissa, exponent = _shortest(size)
        limit = _SHORTEST_LIMIT
    else:
        precision = precision or 1
        mantissa, _, power = format(size, f".{precision - 1}e").partition("e")
        mantissa, exponent = mantissa.replace(".", "").rstrip("0") or "0", int(power)
        limit = precision
    if size and (exponent < -4 or exponent >= limit):
        head, tail = mantissa[0], mantissa[1:]
        return f"{sign}{head}{'.' + tail if tail else ''}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{mantissa}"
    whole = mantissa[: exponent + 1].ljust(exponent + 1, "0")
    fraction = mantissa[exponent + 1 :]
    return f"{sign}{whole}{'.' + fraction if fraction else ''}"


def _shortest(size: float) -> tuple[str, int]:
    """The fewest digits that read back as `size`, and the exponent of the first."""
    if not size:
        return "0", 0
    digits, _, power = repr(size).partition("e")
    whole, _, fraction = digits.partition(".")
    exponent = int(power or 0) + len(whole) - 1
    figures = whole + ("" if fraction == "0" else fraction)
    stripped = figures.lstrip("0")
    exponent -= len(figures) - len(stripped)
    return stripped.rstrip("0") or "0", exponent


def _sign(negative: bool, flags: frozenset[str]) -> str:
    return "-" if negative else "+" if "+" in flags else " " if " " in flags else ""


def _signed(text: str) -> str:
    return text if text.startswith(("-", "+")) else f"+{text}"


def _padded(text: str, flags: frozenset[str], width: int | None, *, numeric: bool = False) -> str:
    if width is None or len(text) >= width:
        return text
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags:
        sign = text[:1] if numeric and text[:1] in "+- " else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)
