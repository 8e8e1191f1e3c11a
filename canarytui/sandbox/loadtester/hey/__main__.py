"""``python -m canarytui.sandbox.loadtester.hey``."""

from __future__ import annotations

import asyncio
import sys

from canarytui.sandbox.loadtester.hey.load import ForbiddenTarget, send
from canarytui.sandbox.loadtester.hey.options import parse
from canarytui.sandbox.loadtester.hey.report import csv, report
from canarytui.sandbox.output import complain, prepare, say


def main() -> int:
    """Send the load of the command line and print what came back."""
    prepare()
    options = parse()
    try:
        results = asyncio.run(send(options))
    except ForbiddenTarget as error:
        complain(error, "hey")
        return 1
    except KeyboardInterrupt:
        return 130
    say(csv(results) if options.output == "csv" else report(results), end="")
    return 0


sys.exit(main())
