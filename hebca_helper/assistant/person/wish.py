"""What an asker wants done, as a dialog shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hebca_helper.assistant.person.prompts import ConfirmKind, Content


@dataclass(frozen=True, slots=True)
class Wish:
    """`subject` is already made visible; what it names depends on `kind`."""

    kind: ConfirmKind
    content: Content | None = None
    subject: str = ""
    picture: bytes = field(default=b"", repr=False)
