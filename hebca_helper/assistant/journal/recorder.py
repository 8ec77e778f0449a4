"""Every operation leaves one row in the journal before its reply goes out, however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.journal.book import DONE, Journal, JournalEntry, Operation, moment
from hebca_helper.assistant.person.prompts import Content
from hebca_helper.errors import Code, HelperError


@dataclass(frozen=True, slots=True)
class Row:
    """An operation that will leave its row, whatever becomes of it: without one no key is used (`key.consents`)."""

    connection: Connection


class Recorder:
    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    @contextmanager
    def operation(
        self,
        connection: Connection,
        operation: Operation,
        *,
        token_id: str = "",
        entry: CertificateEntry | None = None,
        content: Content | None = None,
    ) -> Iterator[Row]:
        """Run the block and write its row: "done", the error's code, or user-cancelled when its page went away."""
        result: str = Code.EXECUTION_FAILED
        try:
            yield Row(connection)
            result = DONE
        except HelperError as problem:
            result = problem.code
            raise
        except asyncio.CancelledError:
            result = Code.USER_CANCELLED
            raise
        finally:
            self.write(connection, operation, result, token_id=token_id, entry=entry, content=content)

    def write(
        self,
        connection: Connection,
        operation: str,
        result: str,
        *,
        token_id: str = "",
        entry: CertificateEntry | None = None,
        content: Content | None = None,
    ) -> None:
        """One row now. `operation` is an Operation, or the name of a function that was refused."""
        self._journal.write(
            JournalEntry(
                at=moment(self._clock.now()),
                channel=connection.asker.channel,
                origin=connection.asker.origin or "",
                operation=operation,
                token=entry.token.id if entry else token_id,
                certificate=entry.certificate.serial_hex if entry else "",
                digest=content.digest if content else "",
                size=content.size if content else 0,
                result=result,
                holder=entry.holder if entry else "",
            )
        )
