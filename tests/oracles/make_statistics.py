"""Writes ``statistics.json``: what SciPy and statsmodels say of the cases that our statistics are held to.

Both are too large to install for every run of the tests (0.4 GB), so their answers are kept. To make them again:

    python -m venv /tmp/oracles && /tmp/oracles/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    /tmp/oracles/bin/python tests/oracles/make_statistics.py
"""

from __future__ import annotations

import json
import math
import random
from functools import partial
from pathlib import Path

import scipy
import statsmodels
from scipy.optimize import brentq, minimize_scalar
from scipy.special import betaln, xlog1py, xlogy
from scipy.stats import fisher_exact, mannwhitneyu
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

_RANDOM = random.Random(15)


def _tables(most: int, count: int) -> list[tuple[int, int, int, int]]:
    found = []
    for _ in range(count):
        n1, n2 = _RANDOM.randint(1, most), _RANDOM.randint(1, most)
        found.append((min(int(n1 * _RANDOM.random() ** 3), n1), n1, min(int(n2 * _RANDOM.random() ** 3), n2), n2))
    return found


def _proportions() -> list[dict]:
    found = []
    for k1, n1, k2, n2 in [(0, 20, 0, 30), (20, 20, 0, 30), (3, 4, 1, 4), *_tables(3000, 40)]:
        low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff", alpha=0.05)
        wilson = proportion_confint(k1, n1, alpha=0.05, method="wilson")
        fisher = fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue
        found.append({"table": [k1, n1, k2, n2], "newcombe": [low, high], "wilson": list(wilson), "fisher": fisher})
    return found


def _ranks() -> list[dict]:
    found = []
    for _ in range(30):
        groups, shift = _RANDOM.randint(2, 12), _RANDOM.random()
        sides = [[_RANDOM.randint(0, 60) for _ in range(groups)] for _ in range(2)]
        sides[0] = [round(count * (1 + shift * at)) for at, count in enumerate(sides[0])]
        sides[0][0] += 1
        sides[1][-1] += 1
        values = [[at for at, count in enumerate(side) for _ in range(count)] for side in sides]
        said = mannwhitneyu(*values, use_continuity=False, method="asymptotic")
        found.append({"groups": sides, "u": said.statistic, "p": said.pvalue})
    return found


def _ratios() -> list[dict]:
    found = []
    for _ in range(20):
        n, share = _RANDOM.randint(50, 100_000), _RANDOM.choice((0.01, 0.05, 0.1, 0.5))
        k = min(max(round(n * share + _RANDOM.gauss(0, 2) * math.sqrt(n * share * (1 - share))), 0), n)
        z, p = proportions_ztest(k, n, value=share, prop_var=share)
        found.append({"canary": k, "requests": n, "expected": share, "z": z, "p": p})
    return found


def _log_mixture(k: float, n: float) -> float:
    parts = [math.log(w) + betaln(a + k, b + n - k) - betaln(a, b) for w, a, b in ((0.75, 0.5, 25.0), (0.25, 0.5, 0.5))]
    return max(parts) + math.log(sum(math.exp(each - max(parts)) for each in parts))


def _against(k: float, n: float, p: float) -> float:
    return _log_mixture(k, n) - xlogy(k, p) - xlog1py(n - k, -p)


def _always_valid() -> list[dict]:
    """The same region, searched in another way: for each difference the rates with the least against them."""
    found = []
    for k1, n1, k2, n2 in [(0, 100, 0, 1000), (30, 1000, 190, 19000), *_tables(20_000, 25)]:
        alpha = _RANDOM.choice((0.01, 0.005, 0.001))
        excess = partial(_excess, (k1, n1, k2, n2), alpha)
        seen = k1 / n1 - k2 / n2
        lower = brentq(excess, -1 + 1e-9, seen) if excess(-1 + 1e-9) > 0 else -1.0
        upper = brentq(excess, seen, 1 - 1e-9) if excess(1 - 1e-9) > 0 else 1.0
        found.append({"table": [k1, n1, k2, n2], "alpha": alpha, "bounds": [lower, upper]})
    return found


def _excess(table: tuple[int, int, int, int], alpha: float, difference: float) -> float:
    k1, n1, k2, n2 = table

    def against(b: float) -> float:
        return _against(k1, n1, min(max(b + difference, 0.0), 1.0)) + _against(k2, n2, b)

    bounds = max(0.0, -difference), min(1.0, 1.0 - difference)
    best = minimize_scalar(against, bounds=bounds, method="bounded", options={"xatol": 1e-13})
    return best.fun + math.log(alpha)


def main() -> None:
    answers = {
        "made_with": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
        "proportions": _proportions(),
        "ranks": _ranks(),
        "ratios": _ratios(),
        "always_valid": _always_valid(),
    }
    text = json.dumps(answers, indent=None, separators=(", ", ": ")).replace('}, {"', '},\n{"')
    Path(__file__).with_name("statistics.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
