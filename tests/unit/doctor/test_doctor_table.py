from __future__ import annotations

from pathlib import Path

from clinic import Clinic


async def test_a_healthy_cluster_has_no_finding(tmp_path: Path) -> None:
    report = await Clinic(tmp_path).examine()
    assert [f"{each.rule.id} {each.object} {each.message}" for each in report.findings] == [], "\n".join(each.message for each in report.findings)
    assert report.unread == ()
