"""The window's pages by the names that `hebca-helper show NAME` takes: a fixed list, known without Qt."""

from __future__ import annotations

from enum import StrEnum


class PageName(StrEnum):
    """In the order of the side bar; 印章查看 opens SEALS."""

    LINKS = "links"
    CERTIFICATES = "certificates"
    SEALS = "seals"
    DOCUMENTS = "documents"
    DIAGNOSIS = "diagnosis"
    JOURNAL = "journal"
    SETTINGS = "settings"
    HELP = "help"
