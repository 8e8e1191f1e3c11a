"""Token files, id-tokens and credential plugins that fail."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

TOKEN_FILE = Sentence(
    "credentials.token_file",
    "The tokenFile {path}",
    evidence="the path in the kubeconfig",
)
NOT_REGULAR = Sentence(
    "credentials.not_regular",
    "{file} is not a regular file: name the file that holds the token.",
    evidence="the file's type, as the operating system tells it",
)
UNREADABLE = Sentence(
    "credentials.unreadable",
    "{file} cannot be read: {why}.",
    evidence="the operating system's error",
)
NO_TEXT = Sentence(
    "credentials.no_text",
    "{file} is not text: name the file that holds the token.",
    evidence="the file's bytes are no UTF-8",
)
EMPTY = Sentence(
    "credentials.empty",
    "{file} is empty: it must hold a token.",
    evidence="the file was read, and holds only white space",
)
ID_TOKEN_EXPIRED = Sentence(
    "credentials.id_token_expired",
    (
        "The id-token of user {user} (auth-provider oidc) has expired: run any kubectl command, which renews "
        "it in the kubeconfig, or log in again."
    ),
    evidence="the exp claim of the id-token lies in the past",
)
ID_TOKEN_BAD = Sentence(
    "credentials.id_token_bad",
    "The id-token of user {user} (auth-provider oidc) is missing or not a JWT: log in again.",
    evidence="the id-token in the kubeconfig has no exp claim that can be read",
)
WAITING = Sentence(
    "credentials.waiting",
    (
        "The credential plugin {plugin} has not answered for {seconds:g} s, so nothing can be sent: is it "
        "waiting for you?"
    ),
    evidence="the plugin's process is alive after that time",
)
ENDED = Sentence(
    "credentials.ended",
    "The credential plugin {plugin} was ended.",
    evidence="this program ended the plugin's process",
)
TIMED_OUT = Sentence(
    "credentials.timed_out",
    "The credential plugin {plugin} did not answer within {seconds:g} s and was ended.",
    evidence="the time limit passed, and the plugin's process was ended",
)
NOT_INSTALLED = Sentence(
    "credentials.not_installed",
    "is not installed",
    evidence="the command is not in any folder of $PATH",
)
CANNOT_START = Sentence(
    "credentials.cannot_start",
    "cannot be started ({why})",
    evidence="the operating system's error",
)
SCREEN_IS_UP = Sentence(
    "credentials.screen_is_up",
    "no plugin can ask anything while a screen is up",
    evidence="a screen of this program owns the terminal",
)
NO_TERMINAL = Sentence(
    "credentials.no_terminal",
    "standard input is not a terminal",
    evidence="isatty of standard input",
)
MUST_ASK = Sentence(
    "credentials.must_ask",
    (
        "The credential plugin {plugin} of user {user} must ask you (interactiveMode: Always), but {why}: log"
        " in with a kubectl command first, or change interactiveMode."
    ),
    evidence="interactiveMode in the kubeconfig is Always",
)
SIGNAL = Sentence(
    "credentials.signal",
    "was ended by signal {signal}",
    evidence="the exit status of the plugin's process",
)
EXIT_CODE = Sentence(
    "credentials.exit_code",
    "failed with exit code {code}",
    evidence="the exit status of the plugin's process",
)
TOO_LARGE = Sentence(
    "credentials.too_large",
    "answered with more than 1 MiB",
    evidence="the bytes that were counted",
)
NO_JSON = Sentence(
    "credentials.no_json",
    "did not answer with an ExecCredential in JSON",
    evidence="the plugin's own answer",
)
NO_CREDENTIAL = Sentence(
    "credentials.no_credential",
    "did not answer with an ExecCredential",
    evidence="the plugin's own answer",
)
OTHER_VERSION = Sentence(
    "credentials.other_version",
    "answered with {said}, but exec.apiVersion is {wanted}",
    evidence="the plugin's own answer",
)
NO_STATUS = Sentence(
    "credentials.no_status",
    "answered without a status",
    evidence="the plugin's own answer",
)
NOT_TEXT = Sentence(
    "credentials.not_text",
    "answered with a token or certificate that is not text",
    evidence="the plugin's own answer",
)
HALF_A_PAIR = Sentence(
    "credentials.half_a_pair",
    "answered with only one of clientCertificateData and clientKeyData",
    evidence="the plugin's own answer",
)
NOTHING = Sentence(
    "credentials.nothing",
    "answered with neither a token nor a certificate",
    evidence="the plugin's own answer",
)
BAD_TOKEN = Sentence(
    "credentials.bad_token",
    "answered with a token that holds a line break or another control character",
    evidence="the plugin's own answer",
)
BAD_EXPIRY = Sentence(
    "credentials.bad_expiry",
    "answered with the expirationTimestamp {said}, which is not a time",
    evidence="the plugin's own answer",
)
PLUGIN = Sentence(
    "credentials.plugin",
    "The credential plugin {plugin} of user {user} {how}",
    evidence="the plugin's process, and what it answered",
)
BAD_PAIR = Sentence(
    "credentials.bad_pair",
    (
        "The credential plugin of user {user} answered with a client certificate and a key that do not belong"
        " together, or are not PEM."
    ),
    evidence="OpenSSL refuses the two",
)
WAITED_FOR = Sentence(
    "credentials.waited_for",
    "the credential plugin {name}",
    evidence="the kubeconfig's user has exec, and the plugin was started and has not ended",
)
