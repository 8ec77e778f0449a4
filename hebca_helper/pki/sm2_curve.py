"""Arithmetic on the SM2 curve y² = x³ - 3x + b over F_p (GB/T 32918.5-2017, annex A; GM/T 0003.5-2012).

Points are affine (x, y), or None at infinity; inside, Jacobian (X, Y, Z) with x = X/Z², y = Y/Z³, infinity Z = 0.
Not constant in time: for public values, and for practice keys.
"""

from __future__ import annotations

from functools import lru_cache

P = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
A = P - 3
B = 0x28E9FA9E_9D9F5E34_4D5A9E4B_CF6509A7_F39789F5_15AB8F92_DDBCBD41_4D940E93
N = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
G = (
    0x32C4AE2C_1F198119_5F990446_6A39C994_8FE30BBF_F2660BE1_715A4589_334C74C7,
    0xBC3736A2_F4F6779C_59BDCEE3_6B692153_D0A9877C_C62A4740_02DF32E5_2139F0A0,
)

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)
_GENERATOR_WINDOW, _WINDOW = 7, 5


def on_curve(point: Point) -> bool:
    """Whether both coordinates are reduced and fulfil the equation; the curve has prime order, so that is enough."""
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x + A) * x - B) % P == 0


def multiply(scalar: int) -> Point | None:
    """`scalar`·G, for 0 <= scalar < N."""
    return _affine(_combined([(_digits(scalar, _GENERATOR_WINDOW), _generator_table())]))


def combine(of_generator: int, of_point: int, point: Point) -> Point | None:
    """`of_generator`·G + `of_point`·`point`: one row of doublings for both (Shamir's trick, windows interleaved)."""
    return _affine(
        _combined(
            [
                (_digits(of_generator, _GENERATOR_WINDOW), _generator_table()),
                (_digits(of_point, _WINDOW), _odd_multiples(point, _WINDOW)),
            ]
        )
    )


def _combined(terms: list[tuple[list[int], list[Point]]]) -> _Jacobian:
    total = _INFINITY
    for place in range(max(len(digits) for digits, _ in terms) - 1, -1, -1):
        total = _double(total)
        for digits, table in terms:
            digit = digits[place] if place < len(digits) else 0
            if digit > 0:
                total = _add(total, table[digit >> 1])
            elif digit:
                x, y = table[-digit >> 1]
                total = _add(total, (x, P - y))
    return total


def _digits(scalar: int, window: int) -> list[int]:
    """Non-adjacent form of width `window`, lowest first: each digit 0 or odd, below 2^(window-1) in size."""
    size, half, digits = 1 << window, 1 << (window - 1), []
    while scalar:
        digit = 0
        if scalar & 1:
            digit = scalar & (size - 1)
            if digit >= half:
                digit -= size
            scalar -= digit
        digits.append(digit)
        scalar >>= 1
    return digits


@lru_cache(maxsize=1)
def _generator_table() -> list[Point]:
    return _odd_multiples(G, _GENERATOR_WINDOW)


def _odd_multiples(point: Point, window: int) -> list[Point]:
    """1, 3, 5 … (2^(window-1) - 1) times `point`, none of which is at infinity because N is prime."""
    (twice,) = _all_affine([_double((*point, 1))])
    multiples: list[_Jacobian] = [(*point, 1)]
    for _ in range((1 << (window - 2)) - 1):
        multiples.append(_add(multiples[-1], twice))
    return _all_affine(multiples)


def _double(point: _Jacobian) -> _Jacobian:
    """dbl-2001-b of the explicit-formulas database (a = -3)."""
    x, y, z = point
    zz = z * z % P
    yy = y * y % P
    beta = x * yy % P
    alpha = 3 * (x - zz) * (x + zz) % P
    new_x = (alpha * alpha - 8 * beta) % P
    new_z = 2 * y * z % P
    return new_x, (alpha * (4 * beta - new_x) - 8 * yy * yy) % P, new_z


def _add(left: _Jacobian, right: Point) -> _Jacobian:
    """Mixed addition, with the cases the formula leaves out."""
    x, y, z = left
    if not z:
        return (*right, 1)
    zz = z * z % P
    step_x = (right[0] * zz - x) % P
    step_y = (right[1] * zz * z - y) % P
    if not step_x:
        return _INFINITY if step_y else _double(left)
    square = step_x * step_x % P
    cube = square * step_x % P
    common = x * square % P
    new_x = (step_y * step_y - cube - 2 * common) % P
    return new_x, (step_y * (common - new_x) - y * cube) % P, z * step_x % P


def _affine(point: _Jacobian) -> Point | None:
    return _all_affine([point])[0] if point[2] else None


def _all_affine(points: list[_Jacobian]) -> list[Point]:
    """One inversion for all (Montgomery's trick); none may be at infinity."""
    products, product = [], 1
    for *_, z in points:
        products.append(product)
        product = product * z % P
    inverse = pow(product, -1, P)
    found: list[Point] = []
    for (x, y, z), before in zip(reversed(points), reversed(products), strict=True):
        own = inverse * before % P
        inverse = inverse * z % P
        square = own * own % P
        found.append((x * square % P, y * square * own % P))
    return found[::-1]
