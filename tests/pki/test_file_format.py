"""Encrypted files come back as they were, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.file_format import CODE_LENGTH, MAGIC, PIECE, decrypt_stream, encrypt_stream

KEY = b"k" * 32
HEADER = 41
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17]


def encrypted(content: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    encrypt_stream(key, io.BytesIO(content).read, target.write)
    return target.getvalue()


def decrypted(data: bytes, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    decrypt_stream(key, io.BytesIO(data).read, target.write)
    return target.getvalue()


def refused(data: bytes, key: bytes = KEY) -> Code:
    with pytest.raises(HelperError) as problem:
        decrypted(data, key)
    return problem.value.code


def content_of(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_every_size_comes_back_and_costs_16_octets_a_piece(size: int) -> None:
    content = content_of(size)
    data = encrypted(content)
    assert len(data) == HEADER + size + CODE_LENGTH * max(1, -(-size // PIECE))
    assert decrypted(data) == content


def test_a_reader_that_gives_little_at_a_time_changes_nothing() -> None:
    content = content_of(PIECE + 5)
    source, target = io.BytesIO(encrypted(content)), io.BytesIO()
    decrypt_stream(KEY, lambda count: source.read(min(count, 1000)), target.write)
    assert target.getvalue() == content


def test_the_same_file_looks_different_each_time() -> None:
    assert encrypted(b"x" * 64)[HEADER:] != encrypted(b"x" * 64)[HEADER:]


@pytest.mark.parametrize("size", SIZES)
def test_a_cut_file_is_noticed_also_between_two_pieces(size: int) -> None:
    data = encrypted(content_of(size))
    sealed = PIECE + CODE_LENGTH
    cuts = {len(data) - 1, HEADER, HEADER - 1, 9, *(HEADER + n * sealed for n in range(1 + (size - 1) // PIECE))}
    assert {refused(data[:cut]) for cut in cuts if cut < len(data)} == {Code.DECRYPTION_FAILED}


def test_pieces_cannot_be_swapped_repeated_left_out_or_added() -> None:
    data = encrypted(content_of(3 * PIECE))
    sealed = PIECE + CODE_LENGTH
    first, second, third = (data[HEADER + n * sealed : HEADER + (n + 1) * sealed] for n in range(3))
    header = data[:HEADER]
    for wrong in (
        second + first + third,
        first + first + second + third,
        first + third,
        first + second + third + third,
    ):
        assert refused(header + wrong) is Code.DECRYPTION_FAILED
    assert refused(data + b"\0") is Code.DECRYPTION_FAILED


def test_another_key_or_salt_opens_nothing() -> None:
    data = bytearray(encrypted(b"secret"))
    assert refused(bytes(data), b"K" * 32) is Code.DECRYPTION_FAILED
    data[20] ^= 1
    assert refused(bytes(data)) is Code.DECRYPTION_FAILED


@pytest.mark.parametrize("data", [b"", b"short", b"\0" * 100, MAGIC + b"\x02" + b"\0" * 60])
def test_other_files_are_told_apart(data: bytes) -> None:
    assert refused(data) is Code.MESSAGE_UNREADABLE


@pytest.mark.parametrize("key", [b"", b"k" * 15, b"k" * 1025])
def test_keys_of_unsound_length_are_refused(key: bytes) -> None:
    with pytest.raises(HelperError) as problem:
        encrypted(b"x", key)
    assert problem.value.code is Code.BAD_REQUEST


@given(st.binary(max_size=300), st.data())
def test_any_changed_octet_is_noticed(content: bytes, data: st.DataObject) -> None:
    changed = bytearray(encrypted(content))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    assert refused(bytes(changed)) in (Code.DECRYPTION_FAILED, Code.MESSAGE_UNREADABLE)
