"""The console, but canary and primary of the rollouts in the list are not compared.

For ``bench_console_load.py``, which measures what the comparisons cost. The selected canary's own numbers are asked
for as ever.
"""

from __future__ import annotations

import sys

from canarytui.cli.main import main
from canarytui.session.live import LiveConnection


def _compares_nothing(connection: LiveConnection) -> None:
    """In place of :meth:`LiveConnection.compare_rolling`."""


if __name__ == "__main__":
    LiveConnection.compare_rolling = _compares_nothing  # type: ignore[method-assign]
    sys.exit(main())
