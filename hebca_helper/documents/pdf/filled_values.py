# mypy: disable-error-code="no-untyped-call"
"""Values of a form that leaves their drawing to the reader (`/NeedAppearances`, ISO 32000-1, 12.7.2), drawn before the seal.

A signed form may not leave it open how it looks, so the entry goes, and whatever stale picture a field has would be seen
from then on. pdfium draws the values, on a sheet of our own with one plain field for each: so nothing odd in the form's own
pages, trees and shared pictures gets in the way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, PageObject, PdfFileWriter

from hebca_helper.documents.pdf.empty_fields import pages_of
from hebca_helper.documents.pdf.entries import entry, items
from hebca_helper.documents.pdf.geometry import inherited, upright
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

MOST_WIDGETS = 5000
_PUSH_BUTTON, _COMBO, _COMB, _MULTILINE, _PASSWORD = 1 << 16, 1 << 17, 1 << 24, 1 << 12, 1 << 13
_PLAIN = _COMB | _MULTILINE | _PASSWORD
_FONT = re.compile(r"/([^\s/\[\]()<>]+)\s+[-+.\d]+\s+Tf")
_DRAWN = re.compile(rb"\(((?:\\.|[^\\)])*)\)\s*Tj", re.DOTALL)
_SONG = "SealSong"
_USUAL = "/Helv 0 Tf 0 g"
_PLANES = 0x10000
"""Behind it pdfium cuts numbers of letters off."""
_TICK = "4"
"""In ZapfDingbats."""


@dataclass(slots=True)
class _Shown:
    """A widget, and what it is to show: `lines` of a list, else `text`. `style`: its /DA."""

    widget: Any
    width: float
    height: float
    text: str
    style: str
    flags: int
    lines: tuple[str, ...] = ()
    chosen: tuple[int, ...] = ()
    centred: bool = False
    ticks: bool = False

    @property
    def font(self) -> str:
        found = _FONT.search(self.style)
        return found[1] if found else ""

    @property
    def letters(self) -> str:
        return "".join("".join((self.text, *self.lines)).split())


def draw_values(writer: IncrementalPdfFileWriter) -> None:
    """Every field on a page looks as its value says. HelperError(DOCUMENT_FORM_OPEN) for a value that cannot be written."""
    form = writer.root["/AcroForm"]
    shown: list[_Shown] = []
    for widget in _widgets(writer):
        kind = inherited(widget, "/FT")
        if kind in ("/Tx", "/Ch", "/Btn") and (kind != "/Btn" or "/AP" not in widget):
            shown.append(_shown(form, widget, kind))
    sheet = _Sheet(writer, entry(entry(form, "/DR", {}), "/Font", {}))
    _find_fonts(sheet, shown)
    for each, drawing in zip(shown, sheet.drawn(shown), strict=True):
        if drawing is not None:  # one without an area has none
            _dress(writer, sheet, each, drawing)


def _widgets(writer: IncrementalPdfFileWriter) -> Iterator[Any]:
    count = 0
    for _, page in pages_of(writer):
        for annotation in items(entry(page, "/Annots", None) or ()):
            if isinstance(annotation, generic.DictionaryObject) and annotation.get("/Subtype") == "/Widget":
                count += 1
                if count > MOST_WIDGETS:
                    raise HelperError(Code.DOCUMENT_FORM_OPEN, tr("表单域超过 {n} 个").format(n=MOST_WIDGETS))
                yield annotation


def _shown(form: Any, widget: Any, kind: str) -> _Shown:
    left, bottom, right, top = upright(widget["/Rect"])
    width, height = right - left, top - bottom
    style = str(inherited(widget, "/DA") or entry(form, "/DA", _USUAL))
    made = _Shown(
        widget, width, height, "", style if _FONT.search(style) else _USUAL, int(inherited(widget, "/Ff") or 0)
    )
    value = inherited(widget, "/V")
    if kind == "/Btn":
        made.ticks, made.centred = not made.flags & _PUSH_BUTTON, True
        made.text, made.flags = "" if made.ticks else _text(entry(entry(widget, "/MK", {}), "/CA")), 0
    elif kind == "/Tx":
        made.text, made.flags = _text(value), made.flags & _PLAIN
        most = inherited(widget, "/MaxLen")
        made.text = made.text[: int(most)] if most and made.flags & _COMB else made.text
    else:
        _show_choice(made, value, [_option(each) for each in items(inherited(widget, "/Opt") or ())])
    return made


def _show_choice(made: _Shown, value: Any, options: list[tuple[str, str]]) -> None:
    values = [_text(each) for each in items(value)] if isinstance(value, generic.ArrayObject) else [_text(value)]
    if made.flags & _COMBO:
        made.text = dict(options).get(values[0], values[0]) if values else ""
        made.flags = 0
        return
    made.lines = tuple(label for _, label in options)
    made.chosen = tuple(place for place, (name, _) in enumerate(options) if name in values)


def _option(option: Any) -> tuple[str, str]:
    """What it counts as, and what is read."""
    if isinstance(option, generic.ArrayObject):
        return _text(option[0]), _text(option[1])
    return _text(option), _text(option)


def _text(value: Any) -> str:
    if value is None or isinstance(value, generic.NullObject):
        return ""
    if isinstance(value, generic.StreamObject):
        value = pdf_string(value.data)
    if isinstance(value, generic.ByteStringObject):
        return bytes(value).decode("latin-1")
    return str(value).lstrip("/") if isinstance(value, generic.NameObject) else str(value)


def _find_fonts(sheet: _Sheet, shown: Sequence[_Shown]) -> None:
    """Its own font for a value that this can write, else a Chinese one that every reader has (Adobe-GB1)."""
    for song in (False, True):
        wanting = [each for each in shown if each.letters and (not song or not sheet.writes(each))]
        for each in wanting if song else ():
            each.style = _FONT.sub(lambda found: found[0].replace(f"/{found[1]}", f"/{_SONG}", 1), each.style)
        sheet.try_out(wanting)
    for each in shown:
        if each.letters and not sheet.writes(each):
            told = tr("“{value}”中有写不出来的字").format(value=each.letters[:20])
            raise HelperError(Code.DOCUMENT_FORM_OPEN, told)


class _Sheet:
    """A document of our own in which pdfium draws."""

    def __init__(self, writer: IncrementalPdfFileWriter, fonts: Any) -> None:
        self._writer = writer
        self._fonts = fonts
        self._own: dict[str, Any] = {}
        self._written: dict[tuple[str, str], bool] = {}

    def font(self, name: str) -> Any:
        """As the form has it, or ours, put into the file once."""
        if name not in self._own:
            self._own[name] = self._forms(name) or _own_font(name, self._writer)
        return self._own[name]

    def _forms(self, name: str) -> Any:
        return self._fonts.raw_get(f"/{name}") if f"/{name}" in self._fonts else None

    def writes(self, shown: _Shown) -> bool:
        return self._written[shown.font, shown.letters] and max(map(ord, shown.letters)) < _PLANES

    def try_out(self, shown: Sequence[_Shown]) -> None:
        """Whether pdfium finds a glyph for each letter: those it does not find it leaves out."""
        trials = [_Shown(None, 10_000, 100, each.letters, f"/{each.font} 9 Tf", 0) for each in shown]
        for each, drawing in zip(trials, self.drawn(trials), strict=True):
            codes = b"".join(
                re.sub(rb"\\(.)", rb"\1", text, flags=re.DOTALL)
                for text in _DRAWN.findall(drawing.data if drawing else b"")
            )
            composite = each.font == _SONG or entry(entry(self._fonts, f"/{each.font}", {}), "/Subtype") == "/Type0"
            self._written[each.font, each.letters] = len(codes) == len(each.letters) * (1 + composite)

    def drawn(self, shown: Sequence[_Shown]) -> list[Any]:
        """Pictures, in their order."""
        if not shown:
            return []
        made = self._sheet(shown)
        with pypdfium2.PdfDocument(made.getvalue()) as document:
            page = document[0]
            page.render(scale=0.01)  # pdfium writes appearances before it draws them
            page.close()
            done = io.BytesIO()
            document.save(done)
        annotations = PdfFileReader(done, strict=False).root["/Pages"]["/Kids"][0]["/Annots"]
        return [entry(entry(each, "/AP", {}), "/N") for each in items(annotations)]

    def _sheet(self, shown: Sequence[_Shown]) -> io.BytesIO:
        sheet = PdfFileWriter(stream_xrefs=False)
        page = sheet.insert_page(_page(sheet))
        names = dict.fromkeys(each.font for each in shown)
        fonts = {pdf_name(f"/{name}"): self._copied(sheet, name) for name in names}
        widgets = generic.ArrayObject([sheet.add_object(_plain(sheet, each)) for each in shown])
        page.get_object()[pdf_name("/Annots")] = widgets
        form = {
            "/Fields": generic.ArrayObject(widgets),
            "/NeedAppearances": generic.BooleanObject(True),
            "/DR": _dictionary({"/Font": generic.DictionaryObject(fonts)}),
        }
        sheet.root[pdf_name("/AcroForm")] = sheet.add_object(_dictionary(form))
        made = io.BytesIO()
        sheet.write(made)
        return made

    def _copied(self, sheet: PdfFileWriter, name: str) -> Any:
        forms = self._forms(name)
        return _own_font(name, sheet) if forms is None else sheet.import_object(forms)


def _page(sheet: PdfFileWriter) -> Any:
    return PageObject(contents=sheet.add_object(generic.StreamObject(stream_data=b" ")), media_box=(0, 0, 600, 800))


def _plain(sheet: PdfFileWriter, shown: _Shown) -> generic.DictionaryObject:
    """A field that says for itself all that its drawing needs."""
    made: dict[str, Any] = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/Widget"),
        "/FT": pdf_name("/Ch" if shown.lines else "/Tx"),
        "/T": pdf_string("t"),
        "/F": generic.NumberObject(4),
        "/Ff": generic.NumberObject(shown.flags),
        "/DA": pdf_string(shown.style),
        "/Rect": generic.ArrayObject(generic.FloatObject(each) for each in (0, 0, shown.width, shown.height)),
        "/V": pdf_string(shown.text),
    }
    if shown.lines:
        made["/Opt"] = generic.ArrayObject(pdf_string(each) for each in shown.lines)
        made["/I"] = generic.ArrayObject(generic.NumberObject(each) for each in shown.chosen)
    if shown.centred:
        made["/Q"] = generic.NumberObject(1)
    for key in ("/MK", "/BS", "/Border", "/Q", "/MaxLen", "/TI") if shown.widget is not None else ():
        value = inherited(shown.widget, key)
        if value is not None and key not in made:
            made[key] = sheet.import_object(value)
    return _dictionary(made)


def _dress(writer: IncrementalPdfFileWriter, sheet: _Sheet, shown: _Shown, drawing: Any) -> None:
    widget, name = shown.widget, shown.font
    normal: Any = _form(writer, drawing, {name: sheet.font(name)})
    if shown.ticks:
        state = entry(widget, "/AS", inherited(widget, "/V")) or "/Off"
        states = {"/Off": normal}
        if state != "/Off":
            states[str(state)] = _form(writer, drawing, {"ZaDb": sheet.font("ZaDb")}, _tick(shown))
        normal = _dictionary(states)
        widget[pdf_name("/AS")] = pdf_name(str(state))
    widget[pdf_name("/AP")] = _dictionary({"/N": normal})
    writer.update_container(widget)


def _tick(shown: _Shown) -> bytes:
    size = 0.8 * min(shown.width, shown.height)
    mark = _text(entry(entry(shown.widget, "/MK", {}), "/CA"))[:1] or _TICK
    x, y = (shown.width - 0.8 * size) / 2, (shown.height - 0.7 * size) / 2
    return f"\nq BT 0 g /ZaDb {size:.2f} Tf {x:.2f} {y:.2f} Td <{ord(mark) & 255:02x}> Tj ET Q".encode("ascii")


def _form(writer: IncrementalPdfFileWriter, drawing: Any, fonts: dict[str, Any], more: bytes = b"") -> Any:
    """As pdfium drew it, with the fonts of the form in place of their copies on the sheet."""
    made = {
        "/Type": pdf_name("/XObject"),
        "/Subtype": pdf_name("/Form"),
        **{key: generic.ArrayObject(items(drawing[key])) for key in ("/BBox", "/Matrix")},
        "/Resources": _dictionary({"/Font": _dictionary({f"/{name}": font for name, font in fonts.items()})}),
    }
    return writer.add_object(generic.StreamObject(_dictionary(made), stream_data=drawing.data + more))


def _own_font(name: str, writer: BasePdfFileWriter) -> Any:
    return writer.add_object(_song(writer) if name == _SONG else _standard(name))


def _standard(name: str) -> generic.DictionaryObject:
    made = {"/Type": pdf_name("/Font"), "/Subtype": pdf_name("/Type1")}
    if name == "ZaDb":
        return _dictionary({**made, "/BaseFont": pdf_name("/ZapfDingbats")})
    return _dictionary({**made, "/BaseFont": pdf_name("/Helvetica"), "/Encoding": pdf_name("/WinAnsiEncoding")})


def _song(writer: BasePdfFileWriter) -> generic.DictionaryObject:
    """A font that is not in the file (ISO 32000-1, 9.7.5.2): readers take the Chinese one that they have."""
    descriptor = {
        "/Type": pdf_name("/FontDescriptor"),
        "/FontName": pdf_name("/STSong-Light"),
        "/Flags": generic.NumberObject(6),
        "/FontBBox": generic.ArrayObject(generic.NumberObject(each) for each in (-25, -254, 1000, 880)),
        **{f"/{key}": generic.NumberObject(value) for key, value in _METRICS.items()},
    }
    system = {"/Registry": pdf_string("Adobe"), "/Ordering": pdf_string("GB1"), "/Supplement": generic.NumberObject(4)}
    half = [generic.NumberObject(each) for each in (1, 95, 500, 814, 939, 500)]
    descendant = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/CIDFontType0"),
        "/BaseFont": pdf_name("/STSong-Light"),
        "/CIDSystemInfo": _dictionary(system),
        "/FontDescriptor": writer.add_object(_dictionary(descriptor)),
        "/W": generic.ArrayObject(half),
    }
    font = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/Type0"),
        "/BaseFont": pdf_name("/STSong-Light"),
        "/Encoding": pdf_name("/UniGB-UCS2-H"),
        "/DescendantFonts": generic.ArrayObject([writer.add_object(_dictionary(descendant))]),
    }
    return _dictionary(font)


_METRICS = {"ItalicAngle": 0, "Ascent": 880, "Descent": -120, "CapHeight": 880, "StemV": 93}


def _dictionary(entries: dict[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})
