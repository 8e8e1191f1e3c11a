"""Why the configuration file cannot be used."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNREADABLE = Sentence(
    "config_file.unreadable",
    "{path} cannot be read ({reason}): correct it, or move it away.",
    evidence="the error of reading it",
)
NOT_UTF8 = Sentence(
    "config_file.not_utf8",
    "it is not UTF-8 text",
    evidence="its bytes are no UTF-8",
)
OUT_OF_BOUNDS = Sentence(
    "config_file.out_of_bounds",
    "{path} cannot be used, {error}: correct it, or move it away.",
    evidence="it is larger or deeper than is read",
)
NOT_YAML = Sentence(
    "config_file.not_yaml",
    "{path} is not valid YAML{where}: correct it, or move it away.",
    evidence="the YAML parser's error",
)
WRONG = Sentence(
    "config_file.wrong",
    "{where} {problem}.",
    evidence="what the file says there",
)
NOT_MAPPING = Sentence(
    "config_file.not_mapping",
    "is not a mapping: {remedy}",
    evidence="what the file says there",
)
WRITE_FIELDS = Sentence(
    "config_file.write_fields",
    "write `key: value` lines, such as `theme: light`",
    evidence="the file is no mapping",
)
WRITE_FILTERS = Sentence(
    "config_file.write_filters",
    "write `name: filter` lines below it, such as `failing: ':failed'`",
    evidence="filters is no mapping",
)
WRITE_ALIASES = Sentence(
    "config_file.write_aliases",
    "write `name: command` lines, such as `prod: ctx prod-eu`",
    evidence="the file is no mapping",
)
NOT_FILTER = Sentence(
    "config_file.not_filter",
    "is {value!r}, which is no filter: write what you would type behind /",
    evidence="what the file says there",
)
NOT_ALIAS = Sentence(
    "config_file.not_alias",
    "cannot be an alias: use one word that is not a command's name",
    evidence="the name has blanks, or the table of commands and actions has it",
)
NOT_COMMAND = Sentence(
    "config_file.not_command",
    "is {value!r}, which is no command: write what you would type behind :",
    evidence="what the file says there",
)
ALIAS_OF_ITSELF = Sentence(
    "config_file.alias_of_itself",
    "stands for itself: let one of the aliases name a command",
    evidence="the aliases were followed from this one, and led back",
)
ALIAS_OF_NOTHING = Sentence(
    "config_file.alias_of_nothing",
    "stands for {name}, which is no command{like}",
    evidence="the table of commands and actions has no such name",
)
WRITE_CONTEXTS = Sentence(
    "config_file.write_contexts",
    "write `NAME: {{…}}` lines below it",
    evidence="contexts is no mapping",
)
WRITE_KEYS = Sentence(
    "config_file.write_keys",
    "write `name: key` lines below it, such as `sort: z`",
    evidence="keys is no mapping",
)
UNKNOWN = Sentence(
    "config_file.unknown",
    "is unknown{like}: remove it, or use one of {known}",
    evidence="the fields that this version knows",
)
NOT_THEME = Sentence(
    "config_file.not_theme",
    "is not a name: write dark, light, high-contrast, colour-blind or ansi",
    evidence="the value is no text",
)
UNKNOWN_ACTION = Sentence(
    "config_file.unknown_action",
    "is no action{like}: `?` in the console lists them all",
    evidence="the table of actions",
)
NO_KEY = Sentence(
    "config_file.no_key",
    "has no key: name one, such as `z` or `ctrl+o`",
    evidence="the value is empty",
)
TAKEN = Sentence(
    "config_file.taken",
    "takes {key!r}, which is {owner}'s: choose another, or give {owner} another one too",
    evidence="two actions of one screen have this key",
)
RESERVED_DIGIT = Sentence(
    "config_file.reserved_digit",
    "takes {key!r}, which chooses a namespace or a tab: choose another",
    evidence="digits are bound on the list and the canary's screen",
)
RESERVED_ORDER = Sentence(
    "config_file.reserved_order",
    "takes {key!r}, which sorts the list by a column: choose another",
    evidence="the list's table of columns",
)
RESERVED_QUIT = Sentence(
    "config_file.reserved_quit",
    "takes {key!r}, which always quits: choose another",
    evidence="the keys that a configuration cannot change",
)
BOOLEAN_KEY = Sentence(
    "config_file.boolean_key",
    "is read as yes or no by YAML: quote the key, such as `'y'` or `'n'`",
    evidence="the value is a boolean",
)
NOT_A_KEY = Sentence(
    "config_file.not_a_key",
    "names no key with {key!r}: write it as `o`, `O`, `/`, `ctrl+o`, `f5` or `space`",
    evidence="the keys that Textual knows",
)
LIKE = Sentence(
    "config_file.like",
    " (did you mean {name}?)",
    evidence="the known name that is closest to what the file says",
)
NOT_BOOLEAN = Sentence(
    "config_file.not_boolean",
    "is {value!r}: write true or false",
    evidence="the value is no boolean",
)
NOT_COLUMNS = Sentence(
    "config_file.not_columns",
    "is not a list of at most {most} columns: write `- {{title: TEAM, label: team}}` lines below it",
    evidence="what the file says there",
)
WRITE_COLUMN = Sentence(
    "config_file.write_column",
    "write `{{title: TEAM, label: team}}`, or path or annotation instead of label",
    evidence="the entry is no mapping",
)
COLUMN_WITHOUT_TITLE = Sentence(
    "config_file.column_without_title",
    "is missing: each column needs a title",
    evidence="the field is not there",
)
COLUMN_TWICE = Sentence(
    "config_file.column_twice",
    "is {title}, which another column has: choose another title",
    evidence="the table of columns",
)
COLUMN_SOURCE = Sentence(
    "config_file.column_source",
    "must have exactly one of path, label and annotation",
    evidence="what the file says there",
)
COLUMN_WIDTH = Sentence(
    "config_file.column_width",
    "is no number of characters from 1 to {most}",
    evidence="what the file says there",
)
COLUMN_NO_PATH = Sentence(
    "config_file.column_no_path",
    "is {path!r}, which is no path to a field: write names with dots between, such as spec.analysis.interval or "
    "spec.analysis.metrics[0].name",
    evidence="the value does not parse as such a path",
)
NOT_A_TEMPLATE = Sentence(
    "config_file.not_a_template",
    "is not a URL: {remedy}",
    evidence="the value is no text",
)
WRITE_LINKS = Sentence(
    "config_file.write_links",
    "write TITLE: URL, such as grafana: https://grafana.example.com/d/canary?var-name=$NAME",
    evidence="what links are in the file",
)
UNKNOWN_VARIABLE = Sentence(
    "config_file.unknown_variable",
    "has ${name}, which is unknown: the variables are {known}",
    evidence="the variables of a template, and the name in it",
)
NOT_A_LINK = Sentence(
    "config_file.not_a_link",
    "cannot become a link: {why}",
    evidence="the check of the URL",
)
