"""Firefox through WebDriver BiDi (w3c.github.io/webdriver-bidi), spoken by hand: no driver program is needed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PATIENCE = 60.0


class Firefox:
    """One tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.command("session.new", capabilities={})
        self._tab = self.command("browsingContext.create", type="tab")["context"]

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(PATIENCE))
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{answer['error']}: {answer['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def goto(self, url: str) -> None:
        """RuntimeError with Firefox's own word when the page cannot be had."""
        self.command("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def call(self, function: str, *arguments: str) -> Any:
        """What a JavaScript function gives for texts."""
        given = [{"type": "string", "value": text} for text in arguments]
        answer = self.command(
            "script.callFunction",
            functionDeclaration=function,
            arguments=given,
            target={"context": self._tab},
            awaitPromise=True,
        )
        return answer["result"].get("value")

    def decide(self, permission: str, state: str, origin: str) -> None:
        """The person's answer to the browser's question (w3c.github.io/permissions, automation)."""
        self.command("permissions.setPermission", descriptor={"name": permission}, state=state, origin=origin)


@contextmanager
def firefox(command: list[str], profile: Path, preferences: Mapping[str, object], home: Path) -> Iterator[Firefox]:
    """`command` runs Firefox; options follow."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    options = ["--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    environment = {**os.environ, "HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1"}
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stderr is not None
            found = next(filter(None, map(LISTENING.search, process.stderr)))
            with connect(f"{found[1]}/session", proxy=None, max_size=None, open_timeout=PATIENCE) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)
