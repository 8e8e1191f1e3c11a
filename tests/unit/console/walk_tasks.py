"""What a person on call does, by keys alone: ours, and k9s' nearest equivalent.

Both begin at the list of canaries (`canarytui`; `k9s` after ``:canary⏎``), on the canary that is named. Keys are
written as they are pressed: ``⏎`` Enter, ``⎋`` Esc, ``⇥`` Tab, ``␣`` Space, ``^x`` Ctrl and x; each is one key, also a
capital.

k9s' keys are those of the 0.50 series: its README, "Key Bindings" (``:``, ``/``, ``/!``, ``/-f``, ``/-l``, ``:ctx``,
``:ns``, ``:pulses``, ``?``, ``:xray``), and its source, ``internal/view``: ``browser.go`` (``d y e c`` Enter, ``0``),
``table.go`` (Space, Ctrl-S, Ctrl-W, Ctrl-Z, sorting), ``help.go`` (``g G j k``), ``live_view.go`` (``n N``), the logs
extender (``l`` on pods and Deployments, ``p`` previous), ``log.go`` (``t``), ``image_extender.go`` (``i``), ``rs.go``
(rollback), ``pf_extender.go`` (Shift-F), ``pod.go`` (``s``). k9s knows a canary as a custom resource. What it has no
view for is counted as the shortest way found to the same facts or the same write; in an editor, vi's. Its
confirmations are Tab and Enter. All that is typed counts.

Programs are real: an editor, a pager, kubectl and a browser that do one harmless thing. What is typed in the editor is
the same in both and left out. k9s saves no filters, so its nearest is an alias with one, and has no links, so its
nearest is a plugin.

k9s needs fewer keys for its skins (Shift-T) and for its last command (``-``), which are no tasks of an incident.
"""

from __future__ import annotations

from typing import NamedTuple

from canarytui.domain.plan import Intent

CART, LEDGER, PODINFO, FRONT = ("shop", "cart"), ("pay", "ledger"), ("test", "podinfo"), ("web", "front")
_EDIT_STATUS = ":q⏎kubectl edit --subresource=status -n shop canary cart⏎/failedC⏎A⎋:wq⏎"
"""k9s' own editing leaves the status out: it is a resource below the canary."""


class WalkTask(NamedTuple):
    """`shows` is on the screen, or was said, afterwards; `hides` is not. `writes` was confirmed by the last key, and
    nothing before it."""

    name: str
    keys: str
    k9s: str
    shows: tuple[str, ...]
    hides: tuple[str, ...] = ()
    on: tuple[str, str] = CART
    writes: Intent | None = None


TASKS: tuple[WalkTask, ...] = (
    # What is going on
    WalkTask("what fails, first", "", "^z", ("HALTED 3/10",)),
    WalkTask("why it fails, with the margin", "", "d", ("success rate 53.42 % is below 99 %", "-45.58")),
    WalkTask("when it rolls back", "", "d", ("7 failures left before rollback (at 14:31:29",)),
    WalkTask("canary beside primary in numbers", "", ":svc⏎/prometheus⏎F⇥⏎", ("5xx 1.9", "9.0 / 21.0 / 28.4")),
    WalkTask("which images", "", ":dp⏎/cart⏎^w", ("4.0.6→4.0.7",)),
    WalkTask("its pods, and whether they are ready", "", ":po⏎/cart⏎", ("pod/cart-6d5f8c7b9-q4m9d", "1/1 ready")),
    # Moving
    WalkTask("next canary", "j", "j", ("ledger is paused",)),
    WalkTask("last canary", "G", "G", ("search is ready",)),
    WalkTask("first canary again", "Gg", "Gg", ("cart is halted",)),
    WalkTask("third canary", "'d", "jj", ("podinfo advances",)),
    WalkTask("open and come back", "⏎⎋", "⏎⎋", ("NAMESPACE", "cart is halted")),
    # One canary
    WalkTask("describe", "d", "d", ("▶5 describe", "10 (rolls back")),
    WalkTask("YAML", "y", "y", ("▶6 yaml", "kind: Canary")),
    WalkTask("YAML of its Deployment", "yo", ":dp⏎/cart⏎y", ("kind: Deployment",)),
    WalkTask("find a word in YAML", "y/inter⏎", "y/inter⏎", ("interval: 10s",)),
    WalkTask("next match in YAML", "y/inter⏎n", "y/inter⏎n", ("interval: 1m",)),
    WalkTask("events", "e", "dG", ("▶8 timeline", "Halt cart.shop advancement success rate 53.42% < 99%")),
    WalkTask("only its halts", "e/halt⏎", "dG/halt⏎", ("58.21%",), ("Advance canary weight",)),
    WalkTask("logs of the canary's pods", "l", ":po⏎/cart⏎l", ("▶7 logs", "/api/8", "/api/9")),
    WalkTask("errors in those logs", "l/500⏎", ":po⏎/cart⏎l/500⏎", ("/api/8", "500"), ("/api/9",)),
    WalkTask("logs of the primary", "lo", ":po⏎/cart-p⏎l", ("primary",)),
    WalkTask("logs of the controller", "loo", ":po⏎/flagger⏎l", ("Halt cart.shop advancement",)),
    WalkTask("the tree of its objects", "⏎3", ":xray dp⏎/cart⏎", ("▶3 objects", "cart-primary")),
    WalkTask("canary's and primary's templates compared", "⏎4", ":dp⏎/cart⏎y⎋jy", ("▶4 diff", "cart:4.0.7")),
    WalkTask(
        "the query behind a check",
        "⏎2⏎",
        ":cm⏎/flagger⏎y",
        ("▶2 checks", "traefik_service_request_duration_seconds_bucket"),
    ),
    WalkTask("logs of canary and primary in one", "looo", ":po⏎/cart⏎␣j␣l", ("canary and primary pods",)),
    WalkTask("logs from before a restart", "lb", ":po⏎/cart⏎p", ("from before the last restart",)),
    WalkTask("logs without time stamps", "li", ":po⏎/cart⏎lt", (" q4m9d/cartd info",), ("14:29:49 q4m9d",)),
    # Many canaries
    WalkTask("find one by name", "/pod⏎", "/pod⏎", ("podinfo",), ("ledger ", "front ")),
    WalkTask("all but those", "/!web⏎", "/!web⏎", ("ledger",), ("front ", "search ")),
    WalkTask("by a few letters of the name", "/ldgr⏎", "/-f ldgr⏎", ("ledger",), ("front ",)),
    WalkTask("by label", "/-l app=front⏎", "/-l app=front⏎", ("front",), ("ledger ",)),
    WalkTask(
        "keep a filter under a name",
        "/-l app=front⏎:save f⏎",
        ":q⏎vi ~/.config/k9s/aliases.yaml⏎Go  f: canary app=front⎋:wq⏎k9s⏎",
        ("Saved", "-l app=front"),
    ),
    WalkTask("the same filter again", ":filter f⏎", "/-l app=front⏎", ("front",), ("ledger ",)),
    WalkTask("end the filter", "/pod⏎⎋", "/pod⏎⎋", ("ledger", "front")),
    WalkTask("namespaces to choose from", ":ns⏎", ":ns⏎", ("shop", "1 failing")),
    WalkTask("one namespace", ":ns web⏎", ":canary web⏎", ("ns web", "front"), ("ledger ",)),
    WalkTask("all namespaces again", ":ns web⏎0", ":canary web⏎0", ("ns all", "ledger")),
    WalkTask("sort by name", "A", "N", ("NAME↓",)),
    WalkTask("reverse it", "AA", "NN", ("NAME↑",)),
    WalkTask("wide columns", "w", "^w", ("OWNER",)),
    WalkTask("mark two", "␣␣", "␣j␣", ("2 marked",)),
    WalkTask("the newest of all canaries", ":ev⏎", ":ev⏎", ("Advance podinfo.test canary weight 30",)),
    WalkTask("contexts to choose from", ":ctx⏎", ":ctx⏎", ("prod-eu", "prod-us")),
    WalkTask("the fleet in numbers", ":pu⏎", ":pu⏎", ("FAILING", "PAUSED > 1 H")),
    # Records
    WalkTask("the requests that were sent", ":req⏎", ":q⏎k9s -l debug⏎", ("Requests to https://127.0.0.1:6443",)),
    WalkTask("a summary for the incident", "^y", "dc", ("Copied the summary of shop/cart",)),
    WalkTask("what can be undone", "u", ":sd⏎", ("Nothing has been done on",)),
    WalkTask("copy the name", "c", "c", ("shop/cart",)),
    WalkTask("save the screen", "^s", "^s", ("Saved:",)),
    WalkTask("who changed what from here", ":audit⏎", ":sd⏎/audit⏎", ("Audit",)),
    WalkTask("all keys", "?", "?", ("roll back now", "k9s: previous logs")),
    # Programs of the person's own
    WalkTask(
        "its YAML in the pager",
        "y|",
        ":q⏎kubectl get canary -n shop cart -oyaml|less⏎",
        ("paged: apiVersion:",),
    ),
    WalkTask("a shell in its container", "⏎S⏎y", ":po⏎/cart⏎s", ("kubectl: --context", "--container cartd -- sh")),
    WalkTask("a plugin", "^g", "^g", ("Plugin hello on shop/cart: exit code 0. hello shop/cart",)),
    WalkTask("its dashboard in the browser", "^o", "^o", ("browser: https://grafana.example.com/?canary=cart",)),
    # Acting: the plan, then the write
    WalkTask("edit it in the editor", "⏎Ey", "e", (), on=PODINFO, writes=Intent.EDIT),
    WalkTask("see what a rollback would do", "R", _EDIT_STATUS, ('"failedChecks": 10',)),
    WalkTask("roll back", "Ry", ":rs⏎/cart⏎j^l⇥⏎", (), on=PODINFO, writes=Intent.ROLL_BACK),
    WalkTask("pause", "py", "e/analysis⏎Osuspend: true⎋:wq⏎", (), on=PODINFO, writes=Intent.PAUSE),
    WalkTask("resume", "py", "e/suspend⏎dd:wq⏎", (), on=LEDGER, writes=Intent.RESUME),
    WalkTask("promote now", "Py", "e/analysis⏎OskipAnalysis: true⎋:wq⏎", (), on=PODINFO, writes=Intent.PROMOTE),
    WalkTask("bring out a version", "t9.4⏎y", ":dp⏎/front⏎i9.4⇥⏎", (), on=FRONT, writes=Intent.TRIGGER),
    WalkTask(
        "pause two at once",
        "␣j␣py",
        "e/analysis⏎Osuspend: true⎋:wq⏎jje/analysis⏎Osuspend: true⎋:wq⏎",
        (),
        writes=Intent.PAUSE,
    ),
    WalkTask(
        "break it on purpose, with a prediction",
        "f",
        ":po⏎/loadtester⏎shey -z 5m -q 5 -c 5 -host app.example.com http://traefik/status/500⏎",
        ("rolled back at tick",),
        on=PODINFO,
    ),
)

SAFER = {"edit it in the editor": 2}
"""Tasks that take so many keys more than in k9s, on purpose: one opens the canary, as the letter orders the list, and
one confirms what was changed, which k9s writes as soon as the editor ends."""


_NAMED = {"⏎": "enter", "⎋": "escape", "⇥": "tab", "␣": "space", " ": "space", "'": "apostrophe"}


def pressed(written: str) -> list[str]:
    """The keys of a task as Textual names them, one for each that is pressed."""
    keys, rest = [], iter(written)
    for char in rest:
        keys.append(f"ctrl+{next(rest)}" if char == "^" else _NAMED.get(char, char))
    return keys
