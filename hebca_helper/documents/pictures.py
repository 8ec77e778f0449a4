"""Pictures of seals, whatever made them, as one kind of PNG. Runs in the document host."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

from PIL import Image, ImageChops

from hebca_helper.documents.vector_pictures import drawn_svg
from hebca_helper.errors import Code, HelperError
from hebca_helper.seals.pictures import PictureKind, kind_of
from hebca_helper.texts import tr

MOST_PIXELS = 25_000_000
LARGEST_SIDE = 2400
"""Pixels that are kept: 60 mm at 1000 dots per inch."""
_FORMATS = {
    PictureKind.PNG: "PNG",
    PictureKind.GIF: "GIF",
    PictureKind.BMP: "BMP",
    PictureKind.JPG: "JPEG",
}
FAILURES = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""Everything that Pillow is known to raise on damaged pictures."""


@dataclass(frozen=True, slots=True)
class NormalPicture:
    """`png`: RGBA, paper transparent. `pixels`: width and height of the original."""

    png: bytes
    pixels: tuple[int, int]


def normal_picture(data: bytes) -> NormalPicture:
    """From PNG, GIF (its first picture), BMP, JPG, or a plain SVG.

    HelperError(NOT_SUPPORTED) for other kinds, TOO_LARGE, SEAL_UNREADABLE for a damaged picture.
    """
    kind = kind_of(data)
    if kind is PictureKind.SVG:
        drawn = drawn_svg(data)
        return NormalPicture(as_png(drawn), drawn.size)
    if kind not in _FORMATS:
        raise HelperError(Code.NOT_SUPPORTED, kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _normal(Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]))
    except FAILURES as problem:
        raise HelperError(Code.SEAL_UNREADABLE, tr("印章图片已损坏")) from problem


def as_png(picture: Image.Image) -> bytes:
    """An RGBA picture, no larger than need be."""
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def _normal(opened: Image.Image) -> NormalPicture:
    pixels = opened.size
    if not all(pixels) or pixels[0] * pixels[1] > MOST_PIXELS:
        raise HelperError(Code.TOO_LARGE, tr("印章图片太大"))
    picture = opened.convert("RGBA")
    if picture.getchannel("A").getextrema() == (255, 255):
        picture = _without_paper(picture)
    return NormalPicture(as_png(picture), pixels)


def _without_paper(picture: Image.Image) -> Image.Image:
    """The picture as ink on nothing: on white it looks as before, and on a page the text beneath shows through.

    How far a pixel is from white is how much ink there is; the ink's colour is what gives the pixel on white.
    """
    missing = [ImageChops.invert(channel) for channel in picture.split()[:3]]
    ink = ImageChops.lighter(ImageChops.lighter(missing[0], missing[1]), missing[2])
    strength = ink.tobytes()
    channels = [Image.frombytes("L", ink.size, _full_strength(each.tobytes(), strength)) for each in missing]
    return Image.merge("RGBA", [*channels, ink])


def _full_strength(missing: bytes, strength: bytes) -> bytes:
    """255 − 255·missing ÷ strength, for each pixel."""
    return bytes(255 - 255 * part // whole if whole else 255 for part, whole in zip(missing, strength, strict=True))
