"""An area of the catalogue is loaded by who says its sentences: a list starts without the words of actions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from canarytui.domain.sentences.kubeconfig import NO_FILE

SAID_BY_ACTIONS = (
    "editing",
    "gating",
    "pausing",
    "promoting",
    "retrying",
    "rolling_back",
    "skipping",
    "triggering",
    "outcomes",
)


def test_a_list_does_not_load_the_words_of_actions_nor_the_whole_catalogue(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "canarytui", "get", "--kubeconfig", str(missing)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert NO_FILE.text(files=missing) in ended.stderr
    loaded = {
        line.rpartition(".")[2]
        for line in ended.stderr.splitlines()
        if "canarytui.domain.sentences." in line and line.startswith("import time:")
    }
    assert "kubeconfig" in loaded
    assert not loaded & {"catalogue", *SAID_BY_ACTIONS}
