"""Starts a person's programs for the app: pages text, opens shells, runs plugins. What writes is audited as a write."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
from collections.abc import Mapping, Sequence

from rich.text import Text

from canarytui.actions.audited_command import AuditedCommand
from canarytui.console.actions.dialog import Dialog
from canarytui.console.actions.port import ActionPort
from canarytui.console.messages import OpenShell, PageText, ProgramMessage, RunPlugin, ShowText
from canarytui.console.model import ConsoleModel
from canarytui.console.picker_screen import PickerScreen
from canarytui.console.pickers import PickerItem
from canarytui.console.programs.background import BackgroundPrograms, Output
from canarytui.console.programs.containers import RunningContainer, running_containers
from canarytui.console.programs.plugins import Plugin, plugins_path, require_plain
from canarytui.console.programs.variables import not_started, pager, set_variable
from canarytui.domain.plan import Intent
from canarytui.domain.sentences import programs as words
from canarytui.domain.text.plain import clean
from canarytui.domain.values import NamespacedName
from canarytui.domain.workloads import image_reference
from canarytui.errors import CanarytuiError
from canarytui.session.read_only_connection import REASON as READ_ONLY

_NOTICE_S, _WARNING_S = 6.0, 15.0
_SHORT = 200
"""Characters of output that a notice shows; more are a page."""


class ProgramDesk:
    """Every way that a program can end is reported to the person through `port`."""

    def __init__(self, model: ConsoleModel, port: ActionPort) -> None:
        self._model = model
        self._port = port
        self.background = BackgroundPrograms()

    async def run(self, message: ProgramMessage) -> None:
        """Start what a screen asks for."""
        match message:
            case PageText(text):
                await self.page(text)
            case OpenShell(key):
                await self.shell(key)
            case RunPlugin(plugin, plugin_key):
                await self.plugin(plugin, plugin_key)

    async def page(self, text: str) -> None:
        """Open `text` in the pager."""
        try:
            argv = await asyncio.to_thread(pager)
            try:
                await self._port.hand_over(argv, text=text.rstrip("\n") + "\n")
            except OSError as error:
                raise not_started(argv[0], error, set_variable("PAGER")) from error
        except CanarytuiError as error:
            self._warn(str(error))

    async def shell(self, key: NamespacedName) -> None:
        """Open a shell in a container of the canary's or the primary's pods."""
        try:
            await self._shell(key)
        except CanarytuiError as error:
            self._warn(str(error))

    async def _shell(self, key: NamespacedName) -> None:
        if self._model.settings.read_only:
            raise CanarytuiError(words.NOT_POSSIBLE.text(title="shell", why=READ_ONLY))
        connection = self._model.connection
        detail = connection.open_detail(key)
        try:
            found = await running_containers(detail)
        finally:
            connection.close_detail(detail)
        container = await self._chosen(found)
        if container is None:
            return
        kubectl = await asyncio.to_thread(shutil.which, "kubectl")
        for what in (connection.context, container.namespace, container.pod, container.name):
            require_plain(words.SHELL.text(), what)
        argv = container.shell(self._model.kubeconfig, connection.context)
        title = words.SHELL_TITLE.text(side=container.side, pod=container.pod, container=container.name)
        command = AuditedCommand(Intent.SHELL, title, key, argv, (container.permission,))
        await self._require(command)
        if kubectl is None:
            missing = FileNotFoundError(2, os.strerror(2))
            raise not_started("kubectl", missing, words.INSTALL_KUBECTL.text())
        if await self._confirmed(command, self._shell_risk(container), words.YES_OPEN.text()):
            errors: list[str] = []  # kubectl's own: they would vanish with the terminal
            code = await connection.executor.run_command(
                command, lambda: self._port.hand_over([kubectl, *argv[1:]], variables=self._variables(), errors=errors)
            )
            self._report(title, code, "".join(errors))

    async def _chosen(self, found: Sequence[RunningContainer]) -> RunningContainer | None:
        if len(found) == 1:
            return found[0]
        named = {str(each): each for each in found}
        picked = await self._port.ask(PickerScreen(words.WHICH_CONTAINER.text(), [PickerItem(name) for name in named]))
        return None if picked is None else named[picked]

    def _shell_risk(self, container: RunningContainer) -> str:
        return f"{words.SHELL_RISK.text(side=container.side)} {words.SHELL_AUDITED.text()}"

    async def plugin(self, plugin: Plugin, key: NamespacedName | None) -> None:
        """Run `plugin` for the canary `key`; None where none is selected."""
        try:
            await self._plugin(plugin, key)
        except CanarytuiError as error:
            self._warn(str(error))

    async def _plugin(self, plugin: Plugin, key: NamespacedName | None) -> None:
        if key is None and plugin.needs_canary:
            raise CanarytuiError(words.PLUGIN_WITHOUT.text(name=plugin.name))
        if plugin.writes and self._model.settings.read_only:
            raise CanarytuiError(words.NOT_POSSIBLE.text(title=plugin.name, why=READ_ONLY))
        argv = plugin.filled(self._values(key))
        canary = "/".join(key) if key is not None else "–"
        title = words.PLUGIN_TITLE.text(name=plugin.name, canary=clean(canary, 520))
        command = AuditedCommand(Intent.PLUGIN, title, key or ("", ""), argv)
        if plugin.writes:
            await self._require(command)
        asks = plugin.confirm or (plugin.writes and bool(await self._guard(command)))
        if asks and not await self._confirmed(command, words.PLUGIN_RISK.text(), words.YES_RUN.text()):
            return
        outputs: list[Output] = []

        async def run() -> int:
            if not plugin.background:
                return await self._port.hand_over(argv, variables=self._variables())
            output = await self.background.run(argv, {**os.environ, **self._variables()})
            outputs.append(output)
            return output.code

        try:
            executor = self._model.connection.executor
            code = await (executor.run_command(command, run) if plugin.writes else run())
        except OSError as error:
            raise not_started(argv[0], error, words.CHECK_PLUGIN.text(path=plugins_path())) from error
        self._report(title, code, outputs[0].text if outputs else "")

    def _report(self, title: str, code: int, output: str) -> None:
        """A notice, or a page where more was written than fits one."""
        said = clean(output, _SHORT + 1)
        if len(said) > _SHORT or "\n" in output.strip():
            lines = "\n".join(clean(line.replace("\t", "    "), 2000) for line in output.rstrip().split("\n"))
            self._model.send(ShowText(words.ENDED.text(title=title, code=code), lines))
            return
        ended = words.ENDED_SAYING.text(title=clean(title, 200), code=code, output=said) if said else ""
        ended = ended or words.ENDED.text(title=title, code=code)
        self._port.tell(ended, warning=code != 0, timeout_s=_WARNING_S if code else _NOTICE_S)

    async def _require(self, command: AuditedCommand) -> None:
        refusal = await self._model.connection.executor.command_refusal(command)
        if refusal:
            raise CanarytuiError(words.NOT_POSSIBLE.text(title=command.title, why=refusal))

    async def _guard(self, command: AuditedCommand) -> str:
        """Why a plain y is not enough where it acts; "" when it is, or when it acts on no canary."""
        return await self._model.connection.executor.guard(command.key[0]) if command.key[0] else ""

    async def _confirmed(self, command: AuditedCommand, risk: str, yes: str) -> bool:
        reason = await self._guard(command)
        guard = command.key[1] if reason else ""
        body = Text.assemble(
            ("RUNS    ", "quiet"), f"{clean(shlex.join(command.argv), 1000)}\n", ("RISK    ", "quiet"), risk
        )
        question = Dialog(command.title, body, yes=yes, guard=guard, guard_reason=reason)
        answer: bool | None = await self._port.ask(question)
        return bool(answer)

    def _values(self, key: NamespacedName | None) -> Mapping[str, str]:
        row = self._model.row(key) if key is not None else None
        namespace, name = key or ("", "")
        return {
            "NAMESPACE": namespace,
            "NAME": name,
            "CONTEXT": self._model.connection.context,
            "REVISION": _revision(row.images[1]) if row is not None else "",
            "KUBECONFIG": self._model.kubeconfig or os.environ.get("KUBECONFIG", ""),
        }

    def _variables(self) -> dict[str, str]:
        """So that a kubectl in it asks the same cluster."""
        return {"KUBECONFIG": self._model.kubeconfig} if self._model.kubeconfig else {}

    async def close(self) -> None:
        """End what runs in the background."""
        await self.background.close()

    def _warn(self, text: str) -> None:
        self._port.tell(clean(text, 900), warning=True, timeout_s=_WARNING_S)


def _revision(image: str) -> str:
    """The tag of the image that the canary runs, else its digest."""
    try:
        found = image_reference.parse(image)
    except image_reference.BadReference:
        return image
    return found.tag or found.digest or image
