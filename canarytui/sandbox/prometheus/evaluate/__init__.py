"""Evaluation of PromQL: the grammar is the ``promql-parser`` package's, the meaning is here."""

from __future__ import annotations

from canarytui.sandbox.prometheus.evaluate.evaluator import Evaluator, parse
from canarytui.sandbox.prometheus.evaluate.parsing import ParseError, matchers_of
from canarytui.sandbox.prometheus.evaluate.values import QueryError

__all__ = ["Evaluator", "ParseError", "QueryError", "matchers_of", "parse"]
