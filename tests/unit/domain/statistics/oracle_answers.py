"""What SciPy and statsmodels answered (tests/oracles/make_statistics.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ANSWERS: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "oracles" / "statistics.json").read_text(encoding="utf-8")
)
