"""``sandbox up`` and ``demo``: what is starting, what is up, and what to type next."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

STARTING = Sentence(
    "command_sandbox.starting",
    "Starting the sandbox: API server, gateway, Prometheus, podinfo, controller …",
    evidence="the process that starts them is about to be started",
)
ENDED = Sentence(
    "command_sandbox.ended",
    "canarytui: The sandbox ended with exit code {code}.",
    evidence="it has ended with that code, and wrote no error of its own",
)
UP = Sentence("command_sandbox.up", "The sandbox is up.", evidence="each of its parts has answered")
BY_HOST = Sentence(
    "command_sandbox.by_host",
    "(by Host header)",
    evidence="the gateway routes by IngressRoutes and HTTPRoutes, or by Ingresses",
)
KNOWS = Sentence(
    "command_sandbox.knows",
    "(knows app.example.com, podinfo.test, …)",
    evidence="the scenario has a route for that host, and a canary whose controller makes a Service of that name",
    otherwise="command_sandbox.knows_names",
)
KNOWS_NAMES = Sentence(
    "command_sandbox.knows_names",
    "(knows the names of Services and the hosts of routes)",
    evidence="the proxy resolves them from the cluster's objects",
)
NO_CONTROLLER = Sentence(
    "command_sandbox.no_controller",
    "none (start Flagger, or add --controller)",
    evidence="--controller was not given",
    otherwise="command_sandbox.own_controller",
)
OWN_CONTROLLER = Sentence(
    "command_sandbox.own_controller",
    "canarytui's own",
    evidence="--controller was given, and it has been started",
)
ELSEWHERE = Sentence(
    "command_sandbox.elsewhere",
    "In another terminal:",
    evidence="this terminal belongs to the sandbox until it ends",
)
TRY_NODES = Sentence(
    "command_sandbox.try_nodes",
    "kubectl get nodes",
    evidence="the file before it points kubectl to the sandbox, which serves nodes",
)
TRY_ROUTE = Sentence(
    "command_sandbox.try_route",
    "curl http://app.example.com/",
    evidence="the file before it points curl to the proxy, and the scenario has a route for that host",
)
STOP = Sentence("command_sandbox.stop", "Ctrl-C ends it.", evidence="the command waits for that signal")
NO_PORT = Sentence(
    "command_sandbox.no_port",
    "{given} is not a port: give a number from 0 (any free one) to {most}",
    evidence="the text is no number, or above the highest port; the option is named before it",
)
