"""Links of a canary, and why something is none."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TOO_LONG = Sentence(
    "links.too_long",
    "it is longer than {most} characters",
    evidence="the length of the annotation or of the filled-in template",
)
ODD_LETTERS = Sentence(
    "links.odd_letters",
    "it has characters that no URL has",
    evidence="the characters that URLs have, RFC 3986",
)
NO_URL = Sentence(
    "links.no_url",
    "it is not a URL with a host",
    evidence="the parts of the URL",
)
NOT_HTTP = Sentence(
    "links.not_http",
    "only http and https are opened",
    evidence="the scheme of the URL",
)
WITH_PASSWORD = Sentence(
    "links.with_password",
    "it bears a user name or password",
    evidence="the URL has a part before an @ in its host",
)
REFUSED = Sentence(
    "links.refused",
    "not a link: {why}",
    evidence="the check of the URL",
)
NONE = Sentence(
    "links.none",
    "No links: annotate the canary with {annotation}, or set links in the configuration.",
    evidence="the canary has no such annotation, and the configuration has no template",
)
NOT_ONE = Sentence(
    "links.not_one",
    "No link {title}: there are {titles}",
    evidence="the links of the canary, none of which has that title",
)
CHOOSE = Sentence(
    "links.choose",
    "Several links: :link {titles}",
    evidence="the canary has more than one link, and none was named",
)
OPENED = Sentence(
    "links.opened",
    "Opened {url} with {program}; copied as well.",
    evidence="the program was started, and the URL went to the terminal's clipboard",
)
COPIED = Sentence(
    "links.copied",
    "Copied {url}",
    evidence="there is no browser here, and the URL went to the terminal's clipboard",
    otherwise="links.opened",
)
NOT_STARTED = Sentence(
    "links.not_started",
    "Copied {url}; {program} could not be started: {why}",
    evidence="the operating system's error",
    otherwise="links.copied",
)
