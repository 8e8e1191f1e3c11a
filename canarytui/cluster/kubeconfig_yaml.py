"""YAML with the scalars of kubectl's parser: no dates, no base-60 numbers, but y and n as booleans.

A token that YAML takes for a number must be refused where kubectl refuses it, and pass where kubectl lets it pass.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from canarytui.domain.sentences import bounds as bound_words
from canarytui.domain.sentences import kubeconfig as words
from canarytui.domain.text.bounded import DEPTH_MOST, YAML_VALUES_MOST, OutOfBounds, require_bounds
from canarytui.domain.text.plain import clean
from canarytui.errors import ConfigError


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # either, with kubectl's scalars
    pass


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":int", ":float"))]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$"),
    list("-+0123456789"),
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ),
    list("-+0123456789."),
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]$"), list("yYnN"))


def _whole_number(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node).replace("_", "")
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text.lstrip("+"))
    if re.fullmatch("0[0-7]+", digits):
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _truth(loader: Any, node: Any) -> bool:
    return loader.construct_scalar(node).lower() in ("y", "yes", "on", "true")


_Loader.add_constructor("tag:yaml.org,2002:int", _whole_number)
_Loader.add_constructor("tag:yaml.org,2002:bool", _truth)


def _loaded(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)  # JSON may have tabs, which PyYAML refuses
        except ValueError:
            pass
    return yaml.load(text, _Loader)


def load_yaml(text: str, source: str) -> Any:
    """The content of the kubeconfig `source`.

    Raises:
        ConfigError: it is neither YAML nor JSON, or more of it than is read.
    """
    try:
        content = _loaded(text)
        require_bounds(content, YAML_VALUES_MOST)
        return content
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigError(
            words.NO_YAML_LINE.text(kubeconfig=source, line=line, why=clean(error.problem, 200))
        ) from error
    except (OutOfBounds, RecursionError) as error:
        why = error if isinstance(error, OutOfBounds) else bound_words.TOO_DEEP.text(most=DEPTH_MOST)
        raise ConfigError(words.TOO_LARGE.text(kubeconfig=source, why=why)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(words.NO_YAML.text(kubeconfig=source, why=clean(error, 200))) from error
