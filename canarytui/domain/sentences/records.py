"""Files that canarytui keeps: the audit log, records of actions and of temporary changes."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

AN_ACTION = Sentence(
    "records.an_action",
    "record of an action",
    evidence="what the files of this folder are",
)
ACTIONS_UNWRITABLE = Sentence(
    "records.actions_unwritable",
    (
        "Nothing was written: {folder}, where actions under way are noted, cannot be written ({why}): free "
        "the disk or set $XDG_STATE_HOME."
    ),
    evidence="the operating system's error, before any request",
)
OTHER_NUMBER = Sentence(
    "records.other_number",
    "its number is {number!r}",
    evidence="the file's name is another number",
)
GATE_IS = Sentence(
    "records.gate_is",
    "{url}: the gate is {state}",
    evidence="the load tester's answer to the question that hooks ask",
)
WAS_DONE = Sentence(
    "records.was_done",
    "it was done",
    evidence="what was read shows the write",
)
WAS_NOT_DONE = Sentence(
    "records.was_not_done",
    "it was not done",
    evidence="what was read shows that nothing was written",
)
WAS_DONE_IN_PART = Sentence(
    "records.was_done_in_part",
    "it was done in part",
    evidence="what was read shows some of its writes, and that the others were not made",
)
NOT_KNOWN = Sentence(
    "records.not_known",
    "whether it was done is not known",
    evidence="what was read does not tell",
)
WAS_OPEN = Sentence(
    "records.was_open",
    "{namespace}/{name}: the outcome of “{title}” was open; {outcome}: {why}",
    evidence="the record of an action that a process left without an outcome, and what was read",
)
AUDIT_FAILED = Sentence(
    "records.audit_failed",
    "the audit log {path} cannot be {verb} ({why})",
    evidence="the operating system's error",
)
DISK_FULL = Sentence(
    "records.disk_full",
    "free disk space, or set $XDG_STATE_HOME to a folder elsewhere",
    evidence="the error is one of a full disk",
    otherwise="records.make_regular",
)
MAKE_REGULAR = Sentence(
    "records.make_regular",
    "make it a regular file that you may read and write, or set $XDG_STATE_HOME to another folder",
    evidence="the error is another than one of a full disk",
)
NO_HOME = Sentence(
    "records.no_home",
    "No home folder is known: set $HOME or ${variable} to an absolute path.",
    evidence="neither variable has an absolute path",
)
UNUSABLE = Sentence(
    "records.unusable",
    "{path} is not a {what} ({why}): check that its canary is as it should be, then remove the file.",
    evidence="the file was read, and its content makes no sense",
)
NO_JSON_OBJECT = Sentence(
    "records.no_json_object",
    "it is not a JSON object",
    evidence="the file's content",
)
BAD_NAME = Sentence(
    "records.bad_name",
    "{name!r} is not the name of a record",
    evidence="the grammar of numbers of records",
)
A_CHANGE = Sentence(
    "records.a_change",
    "record of a temporary change",
    evidence="what the files of this folder are",
)
JOURNAL_UNWRITABLE = Sentence(
    "records.journal_unwritable",
    (
        "The journal {folder} cannot be written ({why}), and a temporary change that is not noted might never"
        " be taken back: free the disk or set $XDG_STATE_HOME."
    ),
    evidence="the operating system's error, before any request",
)
WRONG_TYPE = Sentence(
    "records.wrong_type",
    "a field has the wrong type",
    evidence="the fields that a record has",
)
BAD_NUMBER = Sentence(
    "records.bad_number",
    "its number {number!r} is not the number of a record",
    evidence="the grammar of numbers of records",
)
BAD_OBJECT = Sentence(
    "records.bad_object",
    "{name!r} is not the name of an object",
    evidence="Kubernetes' grammar of names",
)
BAD_FIELD = Sentence(
    "records.bad_field",
    "{field!r} is not a field",
    evidence="the grammar of names of fields",
)
BAD_CALL = Sentence(
    "records.bad_call",
    "a call has no url or no body",
    evidence="the fields that a call has",
)
NOT_REGULAR = Sentence(
    "records.not_regular",
    "it is not a regular file but {kind}",
    evidence="the file's type, as the operating system tells it",
)
NO_FOLDER = Sentence(
    "records.no_folder",
    "it is not a folder",
    evidence="the file's type, as the operating system tells it",
)
SILENT = Sentence(
    "records.silent",
    "no output from it for {seconds} s",
    evidence="the file is a pipe, and a read of it got nothing within the bound",
)
