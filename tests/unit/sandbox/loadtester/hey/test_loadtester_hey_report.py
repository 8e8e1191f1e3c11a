"""hey's report."""

from __future__ import annotations

from canarytui.sandbox.loadtester.hey.load import Results
from canarytui.sandbox.loadtester.hey.report import csv, report

DONE = Results(10.0, [0.1 * n for n in range(1, 11)], 1000, {200: 8, 500: 2}, {"timeout": 3, "refused": 5})


def test_the_summary_counts_answers_and_errors() -> None:
    lines = report(DONE).splitlines()
    for line in (
        "  Total:\t10.0000 secs",
        "  Slowest:\t1.0000 secs",
        "  Fastest:\t0.1000 secs",
        "  Average:\t0.5500 secs",
        "  Requests/sec:\t1.8000",
        "  Size/request:\t100 bytes",
        "  50% in 0.6000 secs",
        "  [200]\t8 responses",
    ):
        assert line in lines
    assert lines.index("  [5]\trefused") < lines.index("  [3]\ttimeout")
    histogram = [line for line in lines if "■" in line or "|" in line]
    assert len(histogram) == 11
    assert sum(int(line.partition("[")[2].partition("]")[0]) for line in histogram) == 10


def test_without_an_answer_there_is_no_histogram() -> None:
    text = report(Results(1.0, errors={"refused": 2}))
    assert "Requests/sec:\t2.0000" in text
    assert "histogram" not in text


def test_csv_has_a_line_for_each_answer() -> None:
    assert csv(Results(1.0, [0.5, 0.25])) == "response-time\n0.5000\n0.2500\n"
