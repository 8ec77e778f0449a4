"""The journal is there after the process was killed, and after somebody damaged the file."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from hebca_helper.assistant.journal.book import FILE_NAME, Journal, JournalEntry

WRITER = """
import os, signal, sys
from pathlib import Path
from hebca_helper.assistant.journal.book import Journal, JournalEntry
journal = Journal(Path(sys.argv[1]))
journal.write(JournalEntry("2026-11-21T00:00:00.000+00:00", "window", "", "sign", size=7))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_written_before_a_kill_is_there(home: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WRITER, str(home)], check=False, cwd=Path.cwd())
    assert ended.returncode == -signal.SIGKILL
    journal = Journal(home)
    assert [(entry.operation, entry.size) for entry in journal.recent()] == [("sign", 7)]
    journal.close()


def test_only_the_owner_can_read_it(home: Path) -> None:
    Journal(home).close()
    assert (home / FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_damaged_journal_is_set_aside_and_a_new_one_begun(home: Path) -> None:
    (home / FILE_NAME).write_bytes(b"no database at all" * 100)
    journal = Journal(home)
    assert journal.damaged is not None
    assert journal.damaged.read_bytes().startswith(b"no database")
    journal.write(JournalEntry("2026-11-21T00:00:00.000+00:00", "window", "", "sign"))
    assert len(journal.recent()) == 1
    journal.close()
