"""One quick link: what it is called, where it leads, and what it needs."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum

from hebca_helper.addresses import is_insecure
from hebca_helper.texts import SOURCE_LANGUAGE, language, tr


class Group(StrEnum):
    """Groups of the first page, in their order; the value is the word the manuals use."""

    SOCIAL_SECURITY = "社保"
    PROVIDENT_FUND = "公积金"
    OTHER = "其他"
    """For what people add that is neither."""
    PRACTICE = "演练"
    """Not in the file: the practice hall and its telephone, while they run."""
    CERTIFICATE_SERVICE = "证书服务"


def group_title(group: Group) -> str:
    """In the language in use."""
    titles = {
        Group.SOCIAL_SECURITY: tr("社保"),
        Group.PROVIDENT_FUND: tr("公积金"),
        Group.OTHER: tr("其他"),
        Group.PRACTICE: tr("演练"),
        Group.CERTIFICATE_SERVICE: tr("证书服务"),
    }
    return titles[group]


class BrowserNeed(StrEnum):
    """Which browser a portal works with."""

    ANY = "any"
    CHROME = "chrome"


class Need(StrEnum):
    """What the person must have at hand. Each one includes those before it."""

    NOTHING = "nothing"
    TOKEN = "token"
    """A USBKEY, also with an expired certificate: such as for renewing it."""
    CERTIFICATE = "certificate"
    """A certificate that is valid today."""
    SEAL = "seal"
    """Also a seal: the portal stamps what is handed in."""


@dataclass(frozen=True, slots=True)
class Portal:
    """One quick link.

    `address` is where it leads, empty for a telephone number. `origins` are the exact origins (RFC 6454, section 6.2)
    of its pages; those of the catalogue as shipped the certificate service then knows. A link that only leads to the
    issuer's site (`via_issuer`) has none. `aliases` are other words under which clerks look for it. `note` is a
    condition or advice shown on the entry. `city` is whose portal it is, without 市; empty for everybody's.
    """

    id: str
    group: Group
    title: str
    address: str = ""
    telephone: str = ""
    origins: tuple[str, ...] = ()
    browser: BrowserNeed = BrowserNeed.ANY
    need: Need = Need.NOTHING
    city: str = ""
    via_issuer: bool = False
    note: str = ""
    aliases: tuple[str, ...] = ()
    english_title: str = ""
    english_note: str = ""

    @property
    def insecure(self) -> bool:
        """Plain http to another computer: anyone on the line can imitate the site."""
        return is_insecure(self.address)

    @property
    def shown_title(self) -> str:
        """In the language in use, where the entry has it."""
        return self.title if language() == SOURCE_LANGUAGE else self.english_title or self.title

    @property
    def shown_note(self) -> str:
        return self.note if language() == SOURCE_LANGUAGE else self.english_note or self.note

    def matches(self, words: str) -> bool:
        """Whether each of the words, separated by spaces, is in a name, the group, the city or the address, or is the
        beginning letters of how a name is read (zjk for 张家口)."""
        names = (self.title, *self.aliases)
        haystack = "\n".join(
            (*names, self.english_title, self.group, self.city, self.address, self.telephone)
        ).casefold()
        letters = "\n".join(initials(name) for name in names)
        return all(word in haystack or word in letters for word in words.casefold().split())


_FIRSTS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
"""Level 1 of GB/T 2312-1980 (rows 16 to 55) is sorted by pinyin: the first character of each letter."""
_END = 0xD7FA
"""Level 1 ends here; level 2 is sorted by radicals and tells nothing."""


def initials(text: str) -> str:
    """First letters of how Chinese is read, for searching: 张家口 is zjk. One small letter for each character of level 1,
    ASCII as it is, anything else left out."""
    return "".join(map(_initial, text.casefold()))


def _initial(character: str) -> str:
    if character.isascii():
        return character
    code = int.from_bytes(character.encode("gb2312", "ignore"))
    if not _FIRSTS[0][0] <= code < _END:
        return ""
    return _FIRSTS[bisect_right(_FIRSTS, (code, "~")) - 1][1]
