"""curl's command line: which options there are, which of them our own curl knows, and how they may be written.

Long options may be cut short as long as they stay unambiguous, short ones may be joined (``-sSfk``), values follow
as the next word; only after a short option they may follow at once. ``--no-`` turns a switch off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

_SWITCHES = """
    silent,s show-error,S fail,f fail-with-body location,L include,i head,I insecure,k get,G verbose,v
    compressed ipv4,4 ipv6,6 http1.1 buffer,N globoff,g progress-bar,# progress-meter create-dirs remote-name,O
    retry-connrefused retry-all-errors disable,q tcp-nodelay keepalive styled-output alpn
"""
_VALUES = """
    proxy,x noproxy request,X data,d data-ascii data-raw data-binary data-urlencode json header,H output,o
    write-out,w max-time,m connect-timeout retry retry-delay retry-max-time user,u user-agent,A referer,e
    cookie,b cookie-jar,c url cacert resolve max-redirs dump-header,D
"""
_FOREIGN_SWITCHES = """
    anyauth append,a basic cert-status compressed-ssh crlf digest disable-eprt disable-epsv
    disallow-username-in-url doh-cert-status doh-insecure fail-early false-start form-escape ftp-create-dirs
    ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control haproxy-protocol http0.9 http1.0,0 http2
    http2-prior-knowledge http3 http3-only ignore-content-length junk-session-cookies,j list-only,l
    location-trusted mail-rcpt-allowfails manual,M metalink negotiate netrc,n netrc-optional next,: clobber npn
    sessionid ntlm ntlm-wb parallel,Z parallel-immediate path-as-is post301 post302 post303 preproxy
    proxy-anyauth proxy-basic proxy-digest proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast
    proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel,p raw remote-header-name,J remote-name-all remote-time,R
    remove-on-error sasl-ir socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast
    ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2,2 sslv3,3 suppress-connect-headers
    tcp-fastopen tftp-no-options tlsv1,1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-time use-ascii,B
    version,V xattr
"""
_FOREIGN_VALUES = """
    abstract-unix-socket alt-svc aws-sigv4 capath cert,E cert-type ciphers config,K connect-to continue-at,C
    create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url
    egd-file engine etag-compare etag-save expect100-timeout form,F form-string ftp-account
    ftp-alternative-to-user ftp-method ftp-port,P ftp-ssl-ccc-mode happy-eyeballs-timeout-ms help,h hostpubmd5
    hostpubsha256 hsts interface keepalive-time key key-type krb libcurl limit-rate local-port login-options
    mail-auth mail-from mail-rcpt max-filesize netrc-file oauth2-bearer output-dir parallel-max pass
    pinnedpubkey proto proto-default proto-redir proxy-cacert proxy-capath proxy-cert proxy-cert-type
    proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
    proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user,U
    proxy1.0 pubkey quote,Q random-file range,r rate request-target sasl-authzid service-name socks4 socks4a
    socks5 socks5-gssapi-service socks5-hostname speed-limit,Y speed-time,y stderr telnet-option,t tftp-blksize
    time-cond,z tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii unix-socket
    upload-file,T url-query
"""
"""Options of the real curl that this one does not have, so that it can say so. ``name,letter``."""


class CurlUsageError(Exception):
    """A command line that curl refuses; ``str`` is its message without the advice to ask for help."""


class _Option(Struct, frozen=True):
    name: str
    has_value: bool
    known: bool


class CurlOptions(Struct):
    """What was given: switches by name, the last value of each option, and all values of those that may be repeated.

    Attributes:
        switches: long names of switches that are on.
        values: last value by long name.
        headers: of ``--header``, in order.
        data: (option's long name, value) of all kinds of ``--data``, in order.
        outputs: of ``--output``, one for each URL.
        resolve: of ``--resolve``.
        urls: in order.
    """

    switches: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    data: list[tuple[str, str]] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    resolve: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    def number(self, name: str, default: float) -> float:
        """The value of an option that is a number."""
        return float(self.values.get(name, default))


_NUMBERS = {"max-time": float, "connect-timeout": float, "retry": int, "retry-delay": int, "retry-max-time": int,
            "max-redirs": int}  # fmt: skip
_DATA = ("data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json")


def _table() -> tuple[dict[str, _Option], dict[str, _Option]]:
    names: dict[str, _Option] = {}
    letters: dict[str, _Option] = {}
    for text, has_value, known in (
        (_SWITCHES, False, True),
        (_VALUES, True, True),
        (_FOREIGN_SWITCHES, False, False),
        (_FOREIGN_VALUES, True, False),
    ):
        for word in text.split():
            name, _, letter = word.partition(",")
            option = names[name] = _Option(name, has_value, known)
            if letter:
                letters[letter] = option
    return names, letters


_NAMES, _LETTERS = _table()


def parse(arguments: Sequence[str]) -> CurlOptions:
    """Read the command line; raises CurlUsageError."""
    made = CurlOptions()
    words = iter(arguments)
    only_urls = False
    for word in words:
        if only_urls or not word.startswith("-"):
            made.urls.append(word)
        elif word == "--":
            only_urls = True
        elif word.startswith("--"):
            option, on = _long(word)
            _take(made, word, option, next(words, None) if option.has_value else None, on=on)
        else:
            _short(made, word, words)
    return made


def _long(word: str) -> tuple[_Option, bool]:
    name = word[2:]
    on = not name.startswith("no-")
    wanted = name if on else name[3:]
    found = [_NAMES[wanted]] if wanted in _NAMES else [o for n, o in _NAMES.items() if n.startswith(wanted)]
    if len(found) != 1:
        raise CurlUsageError(f"option {word}: is {'ambiguous' if found else 'unknown'}")
    if not on and found[0].has_value:
        raise CurlUsageError(f"option {word}: used '--no-' for option that isn't a boolean")
    return found[0], on


def _short(made: CurlOptions, word: str, words: Iterator[str]) -> None:
    if word == "-":
        raise CurlUsageError("option -: is unknown")
    for index, letter in enumerate(word[1:], 1):
        option = _LETTERS.get(letter)
        if option is None:
            raise CurlUsageError(f"option {word}: is unknown")
        if option.has_value:
            _take(made, word, option, word[index + 1 :] or next(words, None))
            return
        _take(made, word, option, None, on=letter != "N")


def _take(made: CurlOptions, word: str, option: _Option, value: str | None, *, on: bool = True) -> None:
    if option.has_value and value is None:
        raise CurlUsageError(f"option {word}: requires parameter")
    if not option.known:
        raise CurlUsageError(f"option {word}: the installed libcurl version doesn't support this")
    name = option.name
    if value is None:
        _switch(made, word, name, on=on)
        return
    if name in _NUMBERS:
        _check_number(word, name, value)
    made.values[name] = value
    if name == "header":
        made.headers.append(value)
    elif name in _DATA:
        made.data.append((name, value))
    elif name == "output":
        made.outputs.append(value)
    elif name == "resolve":
        made.resolve.append(value)
    elif name == "url":
        made.urls.append(value)


def _switch(made: CurlOptions, word: str, name: str, *, on: bool) -> None:
    other = {"fail": "fail-with-body", "fail-with-body": "fail"}.get(name)
    if on and other in made.switches:
        raise CurlUsageError("You must select either --fail or --fail-with-body, not both.\n"
                         f"curl: option {word}: is badly used here")  # fmt: skip
    (made.switches.add if on else made.switches.discard)(name)


def _check_number(word: str, name: str, value: str) -> None:
    try:
        number = _NUMBERS[name](value)
    except ValueError:
        raise CurlUsageError(f"option {word}: expected a proper numerical parameter") from None
    if number < 0 and name != "max-redirs":
        raise CurlUsageError(f"option {word}: expected a positive numerical parameter")
