"""Draws the round seal of a practice company: name on the arc, star, purpose line, number below; red on nothing.

Proportions are those of seals of Chinese companies (国发〔1999〕25 号: round, star in the middle, name from left to right
around it, at most 45 mm across) with the number of a registered seal (GA 241.1-2000) along the lower edge.
"""

from __future__ import annotations

import io
import math
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

SIZE_MM = 40
PIXELS_PER_MM = 24
"""609.6 dots per inch: crisp on every office printer."""
_FINE = 3
"""Drawn so many times larger, then averaged: the edges become smooth."""
_UNIT = PIXELS_PER_MM * _FINE
"""Pixels of the drawing to a millimetre."""
_RED = (0xD7, 0x00, 0x0F)
_SHADES = 16
"""Steps from nothing to full red; they fit in four bits of a pixel."""
_FONTS = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "C:/Windows/Fonts/simsun.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "/System/Library/Fonts/Supplemental/Songti.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)

# Millimetres. Radii are from the middle of the seal.
_RING = 1.2
_NAME_RADIUS, _NAME_HEIGHT, _NAME_WIDTH = 14.9, 6.0, 4.7
_NUMBER_RADIUS, _NUMBER_HEIGHT, _NUMBER_STEP = 17.3, 1.9, 1.6
_STAR_RADIUS, _STAR_LIFT = 6.4, 1.0
_PURPOSE_DROP, _PURPOSE_HEIGHT, _PURPOSE_WIDTH, _PURPOSE_STEP = 9.4, 4.2, 3.1, 3.5
# Degrees between two letters of the name, and of the whole name at most.
_WIDEST_STEP, _WIDEST_NAME = 26.0, 248.0


@lru_cache(maxsize=8)
def draw_seal(name: str, purpose: str, number: str) -> bytes:
    """PNG with transparency, SIZE_MM square at PIXELS_PER_MM.

    Without a Chinese font on this computer the Chinese letters are left out: practice goes on, the seal is told apart
    by its data all the same.
    """
    side = SIZE_MM * _UNIT
    ink = Image.new("L", (side, side))
    _draw_ring_and_star(ImageDraw.Draw(ink))
    font = chinese_font()
    if font:
        _write_name(ink, font, name)
        _write_purpose(ink, font, purpose)
    _write_number(ink, font, number)
    return _png(ink.reduce(_FINE))


def chinese_font() -> str | None:
    """The first font that is there."""
    return next((path for path in _FONTS if Path(path).exists()), None)


def _draw_ring_and_star(pen: ImageDraw.ImageDraw) -> None:
    margin, far = _UNIT // 10, SIZE_MM * _UNIT - _UNIT // 10
    pen.ellipse((margin, margin, far, far), outline=255, width=round(_RING * _UNIT))
    middle = SIZE_MM / 2
    inner = _STAR_RADIUS * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for corner in range(10):
        radius, angle = inner if corner % 2 else _STAR_RADIUS, math.radians(36 * corner)
        x, y = middle + radius * math.sin(angle), middle - _STAR_LIFT - radius * math.cos(angle)
        points.append((x * _UNIT, y * _UNIT))
    pen.polygon(points, fill=255)


def _write_name(ink: Image.Image, font: str, name: str) -> None:
    step = min(_WIDEST_STEP, _WIDEST_NAME / max(len(name) - 1, 1))
    width = min(_NAME_WIDTH, _NAME_RADIUS * math.radians(step) * 0.86)
    for place, letter in enumerate(name):
        angle = step * (place - (len(name) - 1) / 2)
        _stamp(ink, _letter(font, letter, width, _NAME_HEIGHT, 0.12), angle, _NAME_RADIUS, turn=-angle)


def _write_number(ink: Image.Image, font: str | None, number: str) -> None:
    step = math.degrees(_NUMBER_STEP / _NUMBER_RADIUS)
    for place, digit in enumerate(number):
        angle = step * ((len(number) - 1) / 2 - place)
        _stamp(ink, _digit(font, digit), 180 + angle, _NUMBER_RADIUS, turn=-angle)


def _write_purpose(ink: Image.Image, font: str, purpose: str) -> None:
    step = min(_PURPOSE_STEP, 19.0 / max(len(purpose), 1))
    middle = SIZE_MM / 2
    for place, letter in enumerate(purpose):
        x = middle + step * (place - (len(purpose) - 1) / 2)
        _put(ink, _letter(font, letter, _PURPOSE_WIDTH, _PURPOSE_HEIGHT, 0.08), x, middle + _PURPOSE_DROP)


def _letter(font: str, letter: str, width: float, height: float, bold: float) -> Image.Image:
    """One letter, its ink filling width × height millimetres, strokes made thicker by `bold`."""
    size = round(height * _UNIT)
    face = ImageFont.truetype(font, size)
    drawn = Image.new("L", (2 * size, 2 * size))
    ImageDraw.Draw(drawn).text((size // 2, size // 2), letter, fill=255, font=face, stroke_width=round(bold * _UNIT))
    box = drawn.getbbox()
    if box is None or letter in "一丨":
        return drawn.crop((size // 2, size // 2, size // 2 + size, size // 2 + size))
    return drawn.crop(box).resize((round(width * _UNIT), round(height * _UNIT)), Image.Resampling.BICUBIC)


def _digit(font: str | None, digit: str) -> Image.Image:
    """One digit as high as a nought, and as wide as the font makes it."""
    size = round(_NUMBER_HEIGHT * 1.36 * _UNIT)
    face = ImageFont.truetype(font, size) if font else ImageFont.load_default(size)
    _, top, _, bottom = face.getbbox("0")
    drawn = Image.new("L", (round(face.getlength(digit)), round(bottom - top)))
    ImageDraw.Draw(drawn).text((0, -top), digit, fill=255, font=face, stroke_width=round(0.05 * _UNIT))
    return drawn


def _stamp(ink: Image.Image, letter: Image.Image, angle: float, radius: float, *, turn: float) -> None:
    """`angle`: degrees clockwise from the top; `turn`: degrees counter-clockwise that the letter itself is turned."""
    turned = letter.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    x = SIZE_MM / 2 + radius * math.sin(math.radians(angle))
    _put(ink, turned, x, SIZE_MM / 2 - radius * math.cos(math.radians(angle)))


def _put(ink: Image.Image, letter: Image.Image, x: float, y: float) -> None:
    """The letter with its middle at (x, y) millimetres, over what is there."""
    left, top = round(x * _UNIT - letter.width / 2), round(y * _UNIT - letter.height / 2)
    box = (left, top, left + letter.width, top + letter.height)
    ink.paste(ImageChops.lighter(ink.crop(box), letter), box)


def _png(ink: Image.Image) -> bytes:
    """Red of sixteen strengths as a palette with transparency (ISO/IEC 15948, 11.3.2.1): a third of the size."""
    step = 255 / (_SHADES - 1)
    shades = ink.point([round(value / step) for value in range(256)])
    shades = Image.frombytes("P", ink.size, shades.tobytes())
    shades.putpalette(_RED * _SHADES)
    written, resolution = io.BytesIO(), PIXELS_PER_MM * 25.4
    shades.save(
        written,
        "PNG",
        optimize=True,
        bits=4,
        transparency=bytes(round(shade * step) for shade in range(_SHADES)),
        dpi=(resolution, resolution),
    )
    return written.getvalue()
