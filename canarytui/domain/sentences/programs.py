"""Programs of the person's own: pager, editor, shell in a container, plugins."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

NOT_STARTED = Sentence(
    "programs.not_started",
    "{program} cannot be started ({why}): {remedy}.",
    evidence="the system's error",
)
SET_VARIABLE = Sentence(
    "programs.set_variable",
    "set ${variable} to a program that is installed",
    evidence="the variable that names the program",
)
CHECK_PLUGIN = Sentence(
    "programs.check_plugin",
    "check its command in {path}",
    evidence="the plugin's file",
)
INSTALL_KUBECTL = Sentence(
    "programs.install_kubectl",
    "a shell in a container needs kubectl on PATH",
    evidence="kubectl is not on PATH",
)
BAD_VARIABLE = Sentence(
    "programs.bad_variable",
    "${variable} is {value!r}, which cannot be split into words: {why}.",
    evidence="the quotes in the variable's value do not match",
)
NO_HAND_OVER = Sentence(
    "programs.no_hand_over",
    "This terminal cannot be handed to another program.",
    evidence="Textual's driver for this terminal refuses",
)
NO_TEXT = Sentence(
    "programs.no_text",
    "Nothing here to open in a pager.",
    evidence="the screen on top has no text of its own",
)
ENDED = Sentence(
    "programs.ended",
    "{title}: exit code {code}.",
    evidence="the program's exit code",
)
ENDED_SAYING = Sentence(
    "programs.ended_saying",
    "{title}: exit code {code}. {output}",
    evidence="the program's exit code and what it wrote",
)
NOT_BEGUN = Sentence(
    "programs.not_begun",
    "cancelled before it began",
    evidence="its caller was cancelled while its first audit line was written",
)
CUT = Sentence(
    "programs.cut",
    "… {count:n byte} before this left out",
    evidence="the output was longer than what is kept",
)
RUNNING = Sentence(
    "programs.running",
    "{title}: running in the background (process {pid}).",
    evidence="the process was started",
)
PLUGIN_TITLE = Sentence(
    "programs.plugin_title",
    "Plugin {name} on {canary}",
    evidence="the plugin's name in its file, and the selected canary",
)
PLUGIN_WITHOUT = Sentence(
    "programs.plugin_without",
    "Plugin {name}: select a canary first.",
    evidence="no canary is selected, and the command names one",
)
SHELL = Sentence(
    "programs.shell",
    "A name in the shell's command",
    evidence="the pod, its container, or the context",
)
NOT_A_NAME = Sentence(
    "programs.not_a_name",
    "{what} is {value}: no program is given a name with control characters.",
    evidence="the characters of the value",
)
PLUGIN_RISK = Sentence(
    "programs.plugin_risk",
    "It runs on this machine with your rights. What it does is not checked.",
    evidence="the plugin's command comes from the person's own file",
)
NO_PLUGIN = Sentence(
    "programs.no_plugin",
    "No plugin {name}.{known}",
    evidence="the plugins of the file",
)
KNOWN_PLUGINS = Sentence(
    "programs.known_plugins",
    " Plugins: {names}.",
    evidence="the plugins of the file",
)
SHELL_TITLE = Sentence(
    "programs.shell_title",
    "Shell in {side} pod {pod}, container {container}",
    evidence="the container that the person chose",
)
SHELL_RISK = Sentence(
    "programs.shell_risk",
    "Commands in a {side} container act on a pod that serves traffic.",
    evidence="the pod belongs to the canary or the primary",
)
SHELL_AUDITED = Sentence(
    "programs.shell_audited",
    "The audit log gets a line before and after; what is typed in the shell is not recorded.",
    evidence="both lines are written by the executor",
)
NO_CONTAINER = Sentence(
    "programs.no_container",
    "{canary} has no running container to open a shell in.",
    evidence="the pods of canary and primary were read, and none is running",
)
PODS_UNREAD = Sentence(
    "programs.pods_unread",
    "The pods of {canary} cannot be read: {why}.",
    evidence="the watch's refusal, or no answer in time",
)
NO_ANSWER_YET = Sentence(
    "programs.no_answer_yet",
    "no answer yet",
    evidence="no list of the pods has arrived in time",
)
WHICH_CONTAINER = Sentence(
    "programs.which_container",
    "Which container?",
    evidence="several containers run",
)
NOT_POSSIBLE = Sentence(
    "programs.not_possible",
    "{title} is not possible: {why}.",
    evidence="the person's rules or the API server's access review",
)
EXIT_CODE = Sentence(
    "programs.exit_code",
    "exit code {code}",
    evidence="the program's exit code",
)
LEFT_RUNNING = Sentence(
    "programs.left_running",
    "ended with the console",
    evidence="the console closed and ended the program",
)
YES_OPEN = Sentence(
    "programs.yes_open",
    "Yes, open",
    evidence="the button that opens the shell",
)
YES_RUN = Sentence(
    "programs.yes_run",
    "Yes, run",
    evidence="the button that runs the plugin",
)
PLUGIN_FIELDS = Sentence(
    "programs.plugin_fields",
    "write a list of plugins, each with name, key and command",
    evidence="the file's form",
)
PLUGIN_MISSING = Sentence(
    "programs.plugin_missing",
    "is missing: each plugin needs name and command",
    evidence="the field is not there",
)
PLUGIN_COMMAND = Sentence(
    "programs.plugin_command",
    "write a list of words, or a text that splits into words{why}",
    evidence="the value is neither",
)
PLUGIN_VARIABLE = Sentence(
    "programs.plugin_variable",
    "${name} is unknown: use one of {known} ($$ is a plain $)",
    evidence="the variables that are filled in",
)
PLUGIN_TWICE = Sentence(
    "programs.plugin_twice",
    "the name {name} is used twice",
    evidence="two plugins of the file have it",
)
