"""What is wrong with a drill's file, a game day's file, the limits, or the drill's form: the field and what it must be.

The rules are the ends of :data:`WRONG`, which names the file and the field before them.
"""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

WRONG = Sentence("drill_file.wrong", "{source}: {at} {rule}.", evidence="the field breaks the rule that is quoted")
NAME = Sentence(
    "drill_file.name",
    "must be lower-case letters, digits and dashes, such as errors-500",
    evidence="the name has other letters, or is too long",
)
FILE_NAME = Sentence(
    "drill_file.file_name",
    "{path}: name must be {stem!r}, like the file, not {name!r}.",
    evidence="the name in the file differs from the file's own",
)
WORKERS = Sentence(
    "drill_file.workers",
    "must be a whole number of workers, at least {least} (one a stream)",
    evidence="the number is broken, or smaller than the number of streams",
)
PARAMETER_NAME = Sentence(
    "drill_file.parameter_name",
    "is no parameter name: use 1 to 20 lower-case letters",
    evidence="the key has other letters, or is too long",
)
NO_PARAMETER = Sentence(
    "drill_file.no_parameter",
    "has no {name!r} to set: there is {known}",
    evidence="the drill's file does not define the parameter that was set",
)
UNDEFINED_PARAMETER = Sentence(
    "drill_file.undefined_parameter",
    "uses {{{name}}}, which `parameters` does not define",
    evidence="the braces name a parameter that the file does not define",
)
WHOLE_NUMBER = Sentence(
    "drill_file.whole_number",
    "must be a whole number from 0 to {most}",
    evidence="the value is no whole number of that range",
)
NUMBER = Sentence("drill_file.number", "must be a number", evidence="the value is no number")
ABOVE_ZERO = Sentence(
    "drill_file.above_zero",
    "must be a number above 0",
    evidence="the value is no number, not positive, or beyond what can be sent",
)
DURATION = Sentence(
    "drill_file.duration", "must be a duration such as 30s or 2m", evidence="the value is no positive duration"
)
DURATION_AT_MOST = Sentence(
    "drill_file.duration_at_most",
    "must be a duration such as 30s or 2m, at most {most:g}s",
    evidence="the value is no positive duration of that range",
)
TEXT = Sentence("drill_file.text", "must be text", evidence="the value is absent, empty or no text")
TEXT_AT_MOST = Sentence(
    "drill_file.text_at_most", "must be at most {most} characters", evidence="the text is longer than that"
)
TRUE = Sentence("drill_file.true", "must be true", evidence="the value is not true")
ONE_OF = Sentence("drill_file.one_of", "must be one of {known}", evidence="the value is none of those")
MAP_WITH = Sentence("drill_file.map_with", "must be a map with {known}", evidence="the value is no map")
MAP_OF_NAMES = Sentence("drill_file.map_of_names", "must be a map of names and values", evidence="the value is no map")
UNKNOWN_FIELD = Sentence("drill_file.unknown_field", "is not known: use {known}", evidence="no such field is read")
STREAMS = Sentence(
    "drill_file.streams",
    "must be a list of 1 to {most} streams, each with path and provokes",
    evidence="the value is no list of that length",
)
SHARES = Sentence(
    "drill_file.shares",
    "have shares that add up to {total:g}: make it 100 percent",
    evidence="the sum of the streams' shares is not 100",
)
EFFECT = Sentence(
    "drill_file.effect",
    "must be one of {{status: 500}}, {{delay: 1s}} and {{load: true}}",
    evidence="the map has none of the three, or several",
)
STATUS = Sentence(
    "drill_file.status", "must be an HTTP status from 200 to 599", evidence="the number is no status of that range"
)
ANSWERS_AFTER = Sentence(
    "drill_file.answers_after", "answers after {seconds:g} s", evidence="the delay that the stream's file provokes"
)

PATH_BEGINS = Sentence("drill_file.path_begins", "must begin with /", evidence="the path begins otherwise")
PATH_OTHER_HOST = Sentence(
    "drill_file.path_other_host",
    "must not begin with //, which names another host",
    evidence="the path begins with two slashes",
)
PATH_LETTERS = Sentence(
    "drill_file.path_letters",
    "may hold letters, digits and . _ / + : @ , % = - and one ?, nothing else: percent-encode the rest",
    evidence="the path has a character outside of the whitelist",
)
PATH_ESCAPE = Sentence(
    "drill_file.path_escape",
    "has a % that is not followed by the two digits of a visible character",
    evidence="an escape of the path is cut short, or stands for a control character",
)
PATH_DOTS = Sentence(
    "drill_file.path_dots", "must not have . or .. as a part", evidence="a part of the path is a dot or two"
)
HEADER_NAME = Sentence(
    "drill_file.header_name",
    "is no header name: letters, digits and dashes",
    evidence="the name has a character outside of the whitelist",
)
HEADER_OURS = Sentence(
    "drill_file.header_ours",
    "is set by canarytui or by hey: leave it out",
    evidence="the header is one that a slice's command sets itself",
)
HEADER_VALUE = Sentence(
    "drill_file.header_value",
    "must be text of letters, digits and . _ / + : @ , % = - (no spaces), at most 200",
    evidence="the value has a character outside of the whitelist, or is too long",
)

NO_DRILL = Sentence(
    "drill_file.no_drill",
    "There is no drill {name!r}: choose one of {known}, or put a file into {folder}.",
    evidence="neither the package nor the person's folder has a drill of that name",
)
TOO_LONG = Sentence(
    "drill_file.too_long",
    "{path} is longer than {kilobytes} kB: shorten it.",
    evidence="more bytes could be read from the file",
)
UNREADABLE = Sentence(
    "drill_file.unreadable",
    "{path} cannot be read ({why}): check its name and your rights.",
    evidence="the operating system's error for this file",
)
NOT_UTF8 = Sentence(
    "drill_file.not_utf8", "{path} is not UTF-8 text: save it as UTF-8.", evidence="its bytes are no UTF-8"
)
NOT_YAML = Sentence(
    "drill_file.not_yaml", "{source} is not YAML ({why}): correct it.", evidence="the YAML parser's own error"
)
NOT_YAML_LINE = Sentence(
    "drill_file.not_yaml_line",
    "{source} is not YAML in line {line} ({why}): correct it.",
    evidence="the YAML parser's own error and the line it names",
    otherwise="drill_file.not_yaml",
)
UNUSABLE_YAML = Sentence(
    "drill_file.unusable_yaml",
    "{source} is no usable YAML ({why}): correct it.",
    evidence="the text exceeds a bound of the parser",
)
UNREADABLE_YAML = Sentence(
    "drill_file.unreadable_yaml", "no reason given", evidence="the YAML parser gave no reason of its own"
)

LIMITS_MAP = Sentence(
    "drill_file.limits_map",
    "{path}: the file must be a map of {known} and nothing else.",
    evidence="the file has another field, or is no map",
)
LIMITS_PATTERNS = Sentence(
    "drill_file.limits_patterns",
    "{path}: {name} must be a list of patterns such as test-*.",
    evidence="the value is no list of texts",
)
LIMITS_NUMBER = Sentence(
    "drill_file.limits_number",
    "{path}: {name} must be a number above 0.",
    evidence="the value is no finite positive number",
)

FORM_PATH = Sentence("drill_file.form_path", "The path {rule}.", evidence="the path breaks the rule that is quoted")
FORM_NUMBER = Sentence(
    "drill_file.form_number",
    "The {field} must be a number of {unit} above 0.",
    evidence="what was typed is no such number",
)
FORM_RATE = Sentence("drill_file.form_rate", "rate", evidence="the form's field")
FORM_WORKERS_NAME = Sentence("drill_file.form_workers_name", "number of workers", evidence="the form's field")
FORM_WORKERS = Sentence(
    "drill_file.form_workers",
    "The number of workers must be whole and at least {least}, one a stream.",
    evidence="the number is broken, or smaller than the number of streams",
)
FORM_DURATION = Sentence(
    "drill_file.form_duration",
    "The duration must be at least 1 second, such as 90s or 5m.",
    evidence="what was typed is no such duration",
)
FORM_PARAMETER = Sentence(
    "drill_file.form_parameter",
    "Parameters: {word!r} must be NAME=NUMBER, such as status=503.",
    evidence="the word has no name, or no number after the equals sign",
)
