"""Go's text/template, as far as metric queries can use it: Flagger renders queries with the whole language.

``lexer`` and ``parser`` turn text into the ``nodes`` of a tree, ``evaluator`` executes it, ``functions`` are the
builtin functions, ``formatting`` is fmt. All of it is pure and bounded. Outputs and error texts are Go's own, held to a
table that Go wrote (``tests/recordings/gotemplate``).
"""

from canarytui.metrics.gotemplate.errors import TemplateError
from canarytui.metrics.gotemplate.evaluator import execute
from canarytui.metrics.gotemplate.formatting import Value
from canarytui.metrics.gotemplate.functions import function_names
from canarytui.metrics.gotemplate.parser import parse

__all__ = ["TemplateError", "Value", "execute", "function_names", "parse"]
