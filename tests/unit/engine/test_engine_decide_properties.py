"""What holds in any rollout, whatever the analysis, the metrics, the gates, and what people do meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from replacing import replace

from canarytui.domain.spec.analysis import parse_analysis
from canarytui.domain.spec.fields import ObjectFields
from canarytui.engine.decide.tick import ControllerSettings
from canarytui.engine.decide.weighted import max_weight, next_step
from canarytui.engine.replay.cluster import merged
from canarytui.engine.replay.outcome import ReplayOutcome
from canarytui.engine.replay.player import RecordingPlayer
from canarytui.engine.replay.recording import Recording, load

PROMOTE = load(Path(__file__).parents[2] / "recordings" / "promote.jsonl")
TICKS = 60
ENDED = ("Succeeded", "Failed")
HOOK_TYPES = ("confirm-rollout", "pre-rollout", "rollout", "confirm-traffic-increase", "confirm-promotion", "rollback")

steps = st.one_of(
    st.fixed_dictionaries({"stepWeight": st.integers(5, 100), "maxWeight": st.integers(0, 100)}),
    st.lists(st.integers(1, 100), min_size=1, max_size=6, unique=True).map(lambda w: {"stepWeights": sorted(w)}),
)
hooks = st.lists(
    st.tuples(st.sampled_from(HOOK_TYPES), st.lists(st.sampled_from([200, 403, 500]), min_size=1, max_size=4)),
    max_size=3,
)
success = st.lists(st.sampled_from([100, 99.5, 50, None, "ERR"]), min_size=1, max_size=6)
what = st.sampled_from(
    ["set-image v2", "set-image v3", "set-image v1", 'status {"status": {"failedChecks": 99}}']
    + [f'patch {{"spec": {{"{flag}": {on}}}}}' for flag in ("suspend", "skipAnalysis") for on in ("true", "false")]
)
actions = st.lists(st.tuples(st.sampled_from(["+10", "+20", "+50"]), what), max_size=5)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    drawn = draw(hooks)
    webhooks = [{"name": f"h{i}", "type": kind, "url": "http://hook"} for i, (kind, _) in enumerate(drawn)]
    analysis: dict[str, Any] = {"stepWeight": None, "maxWeight": None, **draw(steps), "webhooks": webhooks}
    analysis["stepWeightPromotion"] = draw(st.sampled_from([0, 0, 7, 50]))
    return replace(
        PROMOTE,
        canary=merged(PROMOTE.canary, {"spec": {"analysis": analysis}}),
        actions=[("Initialized", "set-image v2"), *draw(actions)],
        metric_answers={"success": draw(success)},
        webhook_answers={f"h{i}": answers for i, (_, answers) in enumerate(drawn)},
        ticks=TICKS,
    )


class Watching(RecordingPlayer):
    """Notes in which tick the primary's template was written, and what was said in it."""

    def __init__(self, recording: Recording, chosen: ControllerSettings, broken: frozenset[str]) -> None:
        self.promoted_in: list[int] = []
        self._templates: list[Any] = []
        super().__init__(recording, chosen, broken=broken)

    def _note(self, obj: Any) -> None:
        super()._note(obj)
        if obj["kind"] == "Deployment" and obj["metadata"]["name"] == "promote-primary":
            template = obj["spec"]["template"]
            if self._templates and self._templates[-1] != template:
                self.promoted_in.append(self._number)
            self._templates.append(template)


def play(recording: Recording, *, strict: bool, broken: frozenset[str] = frozenset()) -> tuple[ReplayOutcome, Watching]:
    player = Watching(recording, ControllerSettings(strict=strict), broken)
    return player.play(), player


relaxed = settings(
    max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


@relaxed
@given(recordings(), st.booleans(), st.sampled_from([frozenset[str](), frozenset({"v2"}), frozenset({"v3"})]))
def test_weights_are_shares_of_one_hundred(recording: Recording, strict: bool, broken: frozenset[str]) -> None:
    played, _ = play(recording, strict=strict, broken=broken)
    for entries in played.routes:
        weights = [weight or 0 for _, weight in entries]
        assert sum(weights) == 100
        assert all(0 <= weight <= 100 for weight in weights)
        assert entries[0][0] == "promote-primary"
    for _, weight, failed, *_ in played.statuses:
        assert 0 <= (weight or 0) <= 100
        assert (failed or 0) >= 0


@relaxed
@given(recordings(), st.booleans(), st.sampled_from([frozenset[str](), frozenset({"v2"}), frozenset({"v3"})]))
def test_primary_template_changes_only_when_it_is_said(
    recording: Recording, strict: bool, broken: frozenset[str]
) -> None:
    played, watching = play(recording, strict=strict, broken=broken)
    announced = [said.tick for said in played.messages if said.text.startswith("Copying promote.r1 template spec")]
    assert watching.promoted_in == announced


@relaxed
@given(recordings(), st.booleans())
def test_traffic_reaches_the_canary_only_while_its_pods_are_wanted(recording: Recording, strict: bool) -> None:
    """Traefik drops a whole TraefikService of which one Service has no endpoints."""

    class Checking(RecordingPlayer):
        canary_replicas = 0
        canary_weight = 0

        def _note(self, obj: Any) -> None:
            super()._note(obj)
            if obj["kind"] == "Deployment" and obj["metadata"]["name"] == "promote":
                self.canary_replicas = obj["spec"]["replicas"]
            if obj["kind"] == "TraefikService":
                entries = obj["spec"]["weighted"]["services"]
                self.canary_weight = sum(e.get("weight") or 0 for e in entries if e["name"] == "promote-canary")
            assert not (self.canary_weight and not self.canary_replicas)

    assert Checking(recording, ControllerSettings(strict=strict)).play().routes[-1][0][0] == "promote-primary"


@relaxed
@given(recordings())
def test_every_rollout_ends_when_people_let_it(recording: Recording) -> None:
    """With gates that open at last and nobody suspending, the last phase is an end, in both modes."""
    spec = recording.canary["spec"]["analysis"]
    kinds = {hook["name"]: hook["type"] for hook in spec["webhooks"]}
    opened = {
        name: [*answers, 403 if kinds[name] == "rollback" else 200]
        for name, answers in recording.webhook_answers.items()
    }
    calm = replace(recording, actions=recording.actions[:1], webhook_answers=opened)
    for strict in (True, False):
        played, _ = play(calm, strict=strict)
        assert played.statuses[-1][0] in ENDED
        assert played.routes[-1] == (("promote-primary", 100),)
        assert played.objects["Deployment promote"][-1]["replicas"] == 0


@given(steps, st.integers(0, 100))
def test_steps_never_leave_the_scale_and_always_lead_on(given_steps: dict[str, Any], weight: int) -> None:
    spec = {"interval": "10s", "threshold": 1, **given_steps}
    analysis = parse_analysis(ObjectFields("Canary r1/x", "spec.analysis", spec))
    step = next_step(analysis, weight)
    assert 0 <= weight + step <= 100
    assert weight == 100 or step > 0
    assert 1 <= max_weight(analysis, strict=False) <= 100
