"""The monitor page: a list that grows while it is open. Nothing is kept for later."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from hebca_helper.bridge.monitor.observation import Observation, Watcher
from hebca_helper.bridge.own_pages.server import OwnPages
from hebca_helper.places import shipped

FOLDER = ("resources", "pages")


class Monitor(OwnPages):
    """Only ever started in practice mode."""

    def __init__(self, observation: Observation) -> None:
        super().__init__(monitor_pages(observation))


def monitor_pages(observation: Observation) -> Starlette:
    async def page(request: Request) -> Response:
        return FileResponse(shipped(*FOLDER, "monitor.html"))

    async def events(socket: WebSocket) -> None:
        await socket.accept()
        watcher = observation.watch()
        telling = asyncio.create_task(_tell(socket, watcher))
        try:
            await _until_gone(socket)
        finally:
            observation.leave(watcher)
            telling.cancel()
            await asyncio.wait({telling})

    return Starlette(
        routes=[
            Route("/", page),
            WebSocketRoute("/events", events),
            Mount("/static", StaticFiles(directory=shipped(*FOLDER, "static"))),
        ]
    )


async def _tell(socket: WebSocket, watcher: Watcher) -> None:
    await socket.send_text('{"watching":true}')
    while True:
        await socket.send_text((await watcher.seen.get()).as_json())


async def _until_gone(socket: WebSocket) -> None:
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        return
