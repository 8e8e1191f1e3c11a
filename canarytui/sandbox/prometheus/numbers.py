"""Numbers as Prometheus writes them."""

from __future__ import annotations

import math
from decimal import Decimal


def number_text(value: float) -> str:
    """A sample's value: the shortest form, an exponent only for the very small and very large."""
    if value and math.isfinite(value) and not 1e-6 <= abs(value) < 1e21:
        return repr(value)
    return plain_text(value)


def plain_text(value: float) -> str:
    """Without an exponent, as ``count_values`` puts values into labels."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value.is_integer():
        return str(int(value)) if value or math.copysign(1, value) > 0 else "-0"
    return format(Decimal(repr(value)), "f")
