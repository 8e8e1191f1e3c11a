"""``canarytui plan`` on a file: the table, the warnings, the proposal, JSON, and options that make no sense."""

from __future__ import annotations

import json

import pytest

from canarytui.cli.main import main

CANARY = """\
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {{name: cart, namespace: shop}}
spec:
  targetRef: {{apiVersion: apps/v1, kind: Deployment, name: cart}}
  service: {{port: 80}}
  analysis:
    interval: 1m
    threshold: 5
    {steps}
    metrics: [{{name: request-success-rate, interval: 1m, thresholdRange: {{min: 99}}}}]
"""


@pytest.fixture
def plan(tmp_path, capsys):
    def run(*options, steps="stepWeights: [1, 2, 3, 5, 10, 20, 50]"):
        path = tmp_path / "cart.yaml"
        path.write_text(CANARY.format(steps=steps))
        code = main(["plan", str(path), *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_steps_are_a_table_with_what_they_notice(plan):
    code, out, _ = plan("--requests-per-second", "20")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "shop/cart: 20 requests/s, 1 % of the primary's fail (assumed); checks every 1m."
    assert lines[1].split() == ["STEP", "WEIGHT", "AT", "REQUESTS", "IN", "ALL", "NOTICES"]
    assert lines[2].split()[:5] == ["1", "1", "%", "1m", "12"]
    assert any(line.startswith("By its end, after 7m, it notices +") for line in lines)
    assert any("instead of 7m: stepWeights: [1, " in line and ", 50], interval: 1m" in line for line in lines), lines


def test_blind_steps_are_named(plan):
    _, out, _ = plan("--requests-per-second", "0.5", steps="stepWeights: [1, 50]")
    assert "Step 1 can see nothing: a check sees 0.3 requests in 1m." in out


def test_json_has_the_same(plan):
    _, out, _ = plan("--requests-per-second", "20", "--errors", "0.5", "-o", "json")
    said = json.loads(out)
    assert said["primaryFailing"] == 0.005
    assert [step["stop"] for step in said["present"]["steps"]] == [1, 2, 3, 5, 10, 20, 50]
    assert said["proposed"]["durationSeconds"] < said["present"]["durationSeconds"] == 420
    assert said["proposed"]["noticeable"] <= said["present"]["noticeable"] * 1.02


@pytest.mark.parametrize(
    ("options", "steps", "said"),
    [
        ((), "stepWeight: 5", "is not known: a file has no traffic. Give --requests-per-second."),
        (("--requests-per-second", "many"), "stepWeight: 5", "--requests-per-second 'many' is no number above 0"),
        (("--requests-per-second", "nan"), "stepWeight: 5", "--requests-per-second 'nan' is no number above 0"),
        (("--requests-per-second", "5", "--errors", "101"), "stepWeight: 5", "--errors '101' is no percentage"),
        (("--requests-per-second", "5"), "iterations: 5", "give --share PERCENT"),
        (("--requests-per-second", "5"), "maxWeight: 50", "has no steps: set stepWeight"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(plan, options, steps, said):
    code, out, err = plan(*options, steps=steps)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_iterations_with_a_share_are_planned(plan):
    _, out, _ = plan("--requests-per-second", "5", "--share", "10", steps="iterations: 3")
    assert out.count("\n3 ") == 1
    assert "stepWeights" not in out
