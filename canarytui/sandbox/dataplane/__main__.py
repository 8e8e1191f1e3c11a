"""``python -m canarytui.sandbox.dataplane``; see :mod:`canarytui.sandbox.dataplane.main`."""

from __future__ import annotations

import sys

from canarytui.sandbox.dataplane.main import main

sys.exit(main())
