"""The progress of a workload's pods."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

READY = Sentence(
    "pods.ready",
    "{ready} of {desired} ready",
    evidence="the workload's status: it counts updated and available pods, and no old ones are among the available",
    otherwise="pods.updated",
)
UPDATED = Sentence(
    "pods.updated",
    "{updated} of {desired} updated",
    evidence="the workload's status counts updated pods; which of the available ones are new it does not say",
)
NOT_OBSERVED = Sentence(
    "pods.not_observed",
    "newest spec not picked up yet",
    evidence="the workload's newest generation has not been observed by its controller",
)
NEW_PODS = Sentence(
    "pods.new_pods",
    "{name}: {done}{trouble}",
    evidence="the workload is not ready",
)
TROUBLE = Sentence(
    "pods.trouble",
    " ({trouble})",
    evidence="what its pods or its conditions say",
)
