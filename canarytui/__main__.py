"""``python -m canarytui``."""

from __future__ import annotations

import sys

from canarytui.cli.main import main

sys.exit(main())
