"""图形验证码: four characters drawn with our own strokes as SVG.

It shows clerks the step; it does not keep programs out: every glyph has its own path, so that `read` (the scripted
client, the tests) reads the picture the way a person does.
"""

from __future__ import annotations

import random
import re
import secrets

LENGTH = 4
WIDTH, HEIGHT = 132, 44
# Strokes on a grid 4 wide and 6 high; no characters that look alike (0 O, 1 I l, 5 S).
_STROKES = {
    "2": "M0 1 L1 0 L3 0 L4 1 L4 2 L0 6 L4 6",
    "3": "M0 0 L4 0 L2 2 L4 3 L4 5 L3 6 L1 6 L0 5",
    "4": "M3 6 L3 0 L0 4 L4 4",
    "6": "M4 0 L1 1 L0 3 L0 5 L1 6 L3 6 L4 5 L4 4 L3 3 L0 4",
    "7": "M0 0 L4 0 L2 6",
    "8": "M2 3 L0 2 L0 1 L1 0 L3 0 L4 1 L4 2 L2 3 L0 4 L0 5 L1 6 L3 6 L4 5 L4 4 L2 3",
    "9": "M0 6 L3 5 L4 3 L4 1 L3 0 L1 0 L0 1 L0 2 L1 3 L4 2",
    "A": "M0 6 L2 0 L4 6 M1 4 L3 4",
    "C": "M4 1 L3 0 L1 0 L0 1 L0 5 L1 6 L3 6 L4 5",
    "E": "M4 0 L0 0 L0 6 L4 6 M0 3 L3 3",
    "F": "M4 0 L0 0 L0 6 M0 3 L3 3",
    "H": "M0 0 L0 6 M4 0 L4 6 M0 3 L4 3",
    "K": "M0 0 L0 6 M4 0 L0 3 L4 6",
    "L": "M0 0 L0 6 L4 6",
    "M": "M0 6 L0 0 L2 3 L4 0 L4 6",
    "N": "M0 6 L0 0 L4 6 L4 0",
    "P": "M0 6 L0 0 L3 0 L4 1 L4 2 L3 3 L0 3",
    "R": "M0 6 L0 0 L3 0 L4 1 L4 2 L3 3 L0 3 M2 3 L4 6",
    "T": "M0 0 L4 0 M2 0 L2 6",
    "U": "M0 0 L0 5 L1 6 L3 6 L4 5 L4 0",
    "X": "M0 0 L4 6 M4 0 L0 6",
    "Y": "M0 0 L2 3 L4 0 M2 3 L2 6",
}
_GLYPHS = {strokes: character for character, strokes in _STROKES.items()}


def new_text() -> str:
    return "".join(secrets.choice(list(_STROKES)) for _ in range(LENGTH))


def draw(text: str) -> str:
    """SVG document, 132 by 44 pixels."""
    glyphs = "".join(_glyph(character, place) for place, character in enumerate(text))
    noise = "".join(_line() for _ in range(4))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#eef4fb"/>{noise}'
        f'<g fill="none" stroke="#1b4f8f" stroke-linecap="round" stroke-linejoin="round">{glyphs}</g></svg>'
    )


def read(svg: str) -> str:
    """The characters of a picture that `draw` made."""
    return "".join(_GLYPHS.get(strokes, "") for strokes in re.findall(r'<path d="([^"]*)"', svg))


def _glyph(character: str, place: int) -> str:
    turn, size = random.uniform(-16, 16), random.uniform(3.7, 4.4)
    x, y = 16 + place * 29 + random.uniform(-3, 3), 9 + random.uniform(-2, 2)
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f} 8 12) scale({size:.2f})" '
        f'stroke-width="{2.6 / size:.2f}"><path d="{_STROKES[character]}"/></g>'
    )


def _line() -> str:
    y = (random.randint(4, HEIGHT - 4), random.randint(4, HEIGHT - 4))
    return f'<line x1="0" y1="{y[0]}" x2="{WIDTH}" y2="{y[1]}" stroke="#9db8d9" stroke-width="1"/>'
