"""The summary of an incident, for a ticket or a chat: its titles and what is said where nothing is known."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TITLE = Sentence(
    "incident.title",
    "Canary {canary}",
    evidence="the canary that was chosen",
)
AS_OF = Sentence(
    "incident.as_of",
    "As of {at:%Y-%m-%d %H:%M:%S %Z}, by canarytui.",
    evidence="the clock when the summary was made",
)
STALE = Sentence(
    "incident.stale",
    "Contact with the cluster is lost: this is as of {since:%Y-%m-%d %H:%M:%S %Z}.",
    evidence="the connection is lost, and nothing newer is known",
)
NO_ROLLOUT = Sentence(
    "incident.no_rollout",
    "No rollout was recorded.",
    evidence="the timeline has no entry of this canary",
)
NOT_RECORDED = Sentence(
    "incident.not_recorded",
    "not recorded",
    evidence="the timeline does not have it: it is kept from the first start of canarytui on",
)
LEFT_OUT = Sentence(
    "incident.left_out",
    "{count:n earlier entry} left out.",
    evidence="the entries of the rollout, and the most that are listed",
)
NO_CHECKS = Sentence(
    "incident.no_checks",
    "No check has been queried.",
    evidence="no check of the canary is known",
)
SHADOW = Sentence(
    "incident.shadow",
    "They have no effect on the rollout: no controller reads them. Values at the rollout's ticks:",
    evidence="the annotation of the shadow checks, and what this console read during the rollout",
)
SHADOW_COUNTED = Sentence(
    "incident.shadow_counted",
    "Would have failed",
    evidence="the title of a column of counts",
)
SHADOW_FAILED = Sentence(
    "incident.shadow_failed",
    "{failing} of {values:n value}",
    evidence="the check's values at the rollout's ticks, and those outside its threshold",
)
NOBODY = Sentence(
    "incident.nobody",
    "No action by a person is recorded.",
    evidence="neither the rollout's entries nor the audit log of this machine have an action on this canary",
)
ON_THIS_MACHINE = Sentence(
    "incident.on_this_machine",
    "From this machine (audit log):",
    evidence="the audit log has actions on this canary since the rollout began",
)
COPIED_AND_SAVED = Sentence(
    "incident.copied_and_saved",
    "Copied the summary of {canary} (Markdown); it is in {path} as well.",
    evidence="the text went to the terminal's clipboard, and the file was written",
)
COPIED_ONLY = Sentence(
    "incident.copied_only",
    "Copied the summary of {canary} (Markdown). It is in no file: {why}",
    evidence="the text went to the terminal's clipboard, and the file could not be written",
    otherwise="incident.copied_and_saved",
)
NOT_WRITTEN = Sentence(
    "incident.not_written",
    "{folder} cannot be written ({why}).",
    evidence="the operating system's error",
)
PEOPLE = Sentence(
    "incident.people",
    "Who did what",
    evidence="the title of what people did, by the timeline and the audit log",
)
WHO_AND_WHAT = Sentence(
    "incident.who_and_what",
    "Who and what",
    evidence="the title of a column",
)
COUNTED = Sentence(
    "incident.counted",
    "Failed checks counted",
    evidence="the highest count that was recorded in the rollout",
)
