"""A game day's steps as JUnit XML, which every CI reads: one test case a step. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime

from canarytui.domain.sentences import drill_report as words
from canarytui.domain.text.plain import clean
from canarytui.drills.gameday import GameDay
from canarytui.drills.gameday_runner import StepResult


def as_junit(day: GameDay, results: Sequence[StepResult], began: datetime, printed: str) -> str:
    """The document; `printed` becomes the suite's standard output."""
    failed = sum(1 for result in results if result.problem)
    skipped = sum(1 for result in results if result.skipped)
    counts = {"tests": str(len(results)), "failures": str(failed), "errors": "0", "skipped": str(skipped)}
    seconds = f"{sum(result.seconds for result in results):.3f}"
    root = ET.Element("testsuites", {**counts, "time": seconds})
    suite = ET.SubElement(
        root,
        "testsuite",
        {"name": f"game day {clean(day.name, 100)}", **counts, "time": seconds,
         "timestamp": began.strftime("%Y-%m-%dT%H:%M:%S")},
    )  # fmt: skip
    for result in results:
        case = ET.SubElement(
            suite,
            "testcase",
            {"classname": clean(day.name, 100), "name": f"{result.number:02} {clean(result.text, 200)}",
             "time": f"{result.seconds:.3f}"},
        )  # fmt: skip
        if result.problem:
            ET.SubElement(case, "failure", {"message": clean(result.problem, 300)}).text = clean(result.problem, 2000)
        elif result.skipped:
            ET.SubElement(case, "skipped", {"message": words.STEP_SKIPPED.text()})
        if result.said:
            ET.SubElement(case, "system-out").text = clean(result.said, 2000)
    # Visible characters and line ends only: XML cannot express the others.
    ET.SubElement(suite, "system-out").text = "\n".join(clean(line, 2000) for line in printed.splitlines())
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document.decode() + "\n"
