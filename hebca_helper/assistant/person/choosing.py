"""Which of the certificates on the USBKEYs can be chosen for a purpose, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable

from hebca_helper.assistant.asker.asking import Asker
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.person.prompts import ChooseCertificate, Unsuitable
from hebca_helper.errors import Code


def choice(
    asker: Asker, usage: Usage, entries: Iterable[CertificateEntry], *, expired_too: bool = False
) -> ChooseCertificate:
    """The question, in the order of the entries. `expired_too` where what is expired still serves."""
    suitable: list[CertificateEntry] = []
    unsuitable: list[Unsuitable] = []
    for entry in entries:
        reason = entry.validity.problem
        if reason is None or (expired_too and reason is Code.CERTIFICATE_EXPIRED):
            suitable.append(entry)
        else:
            unsuitable.append(Unsuitable(entry, reason))
    return ChooseCertificate(asker, usage, tuple(suitable), tuple(unsuitable))
