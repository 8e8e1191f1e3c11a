"""``argparse`` whose messages leave through :mod:`canarytui.output`: they repeat what was typed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from canarytui.output import say, tell


class Parser(argparse.ArgumentParser):
    """An argument parser; its usage, help and errors are cleaned."""

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options)
        self.color = False  # from Python 3.14 on argparse paints its help unless it is told not to

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            (say if file is sys.stdout else tell)(message, end="")
