"""Text in PDFs as they really are: letters with gaps between them, full and half width, over the end of a line."""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass
from itertools import takewhile

import pypdfium2.raw as pdfium

from hebca_helper.documents.pdf.geometry import Box

MOST_CHARACTERS = 400_000
"""Of one page."""
MOST_HITS = 500
_RADICALS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺨⺪⺬⺭⺯⺰⺱⺲⺳⺶⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳㇐㇑㇒㇓㇔㇚㇠戶戸靑",
    "厂乛乚乙亻冂刀刂卜㔾小小兀尣尢巳幺彑忄㣺扌攵旡月歺母民氵氺灬爫爫丬犭疋示礻糹纟罓罒㓁羊耂肀聿肉臼艹艹艹虎衤覀西见角讠贝车辶辶辶邑钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟一丨丿丿丶亅乙户户青",
)
"""What NFKC leaves (Unicode, EquivalentUnifiedIdeograph): radicals and strokes that fonts give for whole characters, and the
characters that it makes of a radical where Chinese texts have another."""


@dataclass(frozen=True, slots=True)
class Hit:
    """`page` counts from 0; `box` in user space; where the text goes over a line's end, the part on its first line."""

    page: int
    box: Box


def hits_on(text_page: ctypes.c_void_p, page: int, keyword: str) -> list[Hit]:
    """In the order of the page's text; one that overlaps an earlier one does not count."""
    wanted = _folded(keyword)
    if not wanted:
        return []
    text, places = _page_text(text_page)
    found: list[Hit] = []
    start = text.find(wanted)
    while start >= 0 and len(found) < MOST_HITS:
        box = _box_of(text_page, places[start : start + len(wanted)])
        if box is not None:
            found.append(Hit(page, box))
        start = text.find(wanted, start + len(wanted))
    return found


def _page_text(text_page: ctypes.c_void_p) -> tuple[str, list[int]]:
    """The page's characters folded, and for each of them its number on the page."""
    letters: list[str] = []
    places: list[int] = []
    for number in range(min(pdfium.FPDFText_CountChars(text_page), MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(text_page, number)
        for letter in _folded(chr(code) if 0 < code < 0x110000 else ""):
            letters.append(letter)
            places.append(number)
    return "".join(letters), places


def _folded(text: str) -> str:
    """What people take for the same: compatibility forms (full width, radicals), case; without any space."""
    plain = unicodedata.normalize("NFKC", text).translate(_RADICALS).casefold()
    return "".join(each for each in plain if _is_seen(each))


def _is_seen(letter: str) -> bool:
    """Joiners and selectors of variants are not (Unicode, default ignorable)."""
    hidden = letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf", "Zs", "Cs", "Cn")
    return not hidden and letter != "\u034f" and not "\ufe00" <= letter <= "\ufe0f" and letter < "\U000e0000"


def _box_of(text_page: ctypes.c_void_p, numbers: list[int]) -> Box | None:
    boxes = [box for number in dict.fromkeys(numbers) if (box := _character_box(text_page, number)) is not None]
    if not boxes:
        return None
    part = _first_line(boxes)
    return min(b[0] for b in part), min(b[1] for b in part), max(b[2] for b in part), max(b[3] for b in part)


def _first_line(boxes: list[Box]) -> list[Box]:
    """Those beside the first one; where nothing is, those under it: vertical writing, or a narrow column."""
    first = boxes[0]
    line = [box for box in boxes if box[1] < first[3] and box[3] > first[1]]
    if len(line) > 1:
        return line
    return list(takewhile(lambda box: min(box[2], first[2]) - max(box[0], first[0]) > (first[2] - first[0]) / 2, boxes))


def _character_box(text_page: ctypes.c_void_p, number: int) -> Box | None:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium.FPDFText_GetCharBox(text_page, number, left, right, bottom, top):
        return None
    return left.value, bottom.value, right.value, top.value
