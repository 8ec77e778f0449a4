"""Cutting a connection that another thread waits on.

Timeouts of the network library count silence, so a server that sends a byte now and then holds a request for ever.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Cutter:
    """Knows the sockets of one request; `cut` ends them all, and those opened later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._is_cut = False

    def watch(self, opened: socket.socket) -> None:
        # A handle of our own: TLS takes the first one over, and a closed one's number may be another file's by then.
        handle = opened.dup()
        with self._lock:
            self._handles.append(handle)
            late = self._is_cut
        if late:
            self.cut()

    def cut(self) -> None:
        """Harmless when nothing is open (any more)."""
        with self._lock:
            self._is_cut = True
            handles, self._handles = self._handles, []
        for handle in handles:
            with handle, contextlib.suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    @property
    def is_cut(self) -> bool:
        """What ended then is no whole answer, however it looks."""
        with self._lock:
            return self._is_cut

    def pools(self) -> dict[str, Any]:
        """Connection pools for urllib3's `pool_classes_by_scheme` whose sockets this one watches."""
        watch = self.watch

        class Connection(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _watched(super()._new_conn(), watch)

        class SecureConnection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _watched(super()._new_conn(), watch)

        class Pool(HTTPConnectionPool):
            ConnectionCls = Connection

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = SecureConnection

        return {"http": Pool, "https": SecurePool}


def _watched(opened: socket.socket, watch: Any) -> socket.socket:
    watch(opened)
    return opened
