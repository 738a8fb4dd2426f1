"""Long answers, packed and unpacked in parts: what comes out is what went in, or nothing is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from assessment.errors import DamagedResult
from assessment.service.results import PART, ResultVault, check_parts, is_in_parts, unpack_parts


async def pack(parts: Sequence[bytes]) -> bytes:
    async def given() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return await ResultVault().pack_parts(given())


@pytest.mark.parametrize(
    "parts",
    [[b"a"], [b"a" * 5_000_000], [b"ab", b"", b"cd" * PART] * 20, [bytes(range(256)) * n for n in range(300)]],
)
async def test_what_was_packed_in_parts_comes_out_to_the_byte(parts: list[bytes]) -> None:
    packed = await pack(parts)
    assert is_in_parts(packed)
    assert b"".join(unpack_parts(packed)) == b"".join(parts)
    check_parts(packed)


async def test_parts_that_come_out_are_bounded_whatever_went_in() -> None:
    packed = await pack([b"a" * 1_000_000] * 200)
    assert len(packed) < 20_000
    assert max(len(part) for part in unpack_parts(packed)) <= 2 * 1024 * 1024 + PART


async def test_what_was_packed_as_a_whole_is_not_in_parts() -> None:
    vault = ResultVault()
    assert not is_in_parts(vault.pack(b"")[1])
    assert not is_in_parts(vault.pack(b"a" * 100_000)[1])
    assert not is_in_parts(b"no frame at all")


async def test_a_part_that_is_missing_or_changed_is_noticed() -> None:
    packed = await pack([b"%d," % number for number in range(2_000)])
    for length in range(len(packed)):
        with pytest.raises(DamagedResult):
            check_parts(packed[:length])
    said = b"".join(unpack_parts(packed))
    noticed = 0
    for place in range(len(packed)):
        try:
            # A bit of the frame's head may say nothing of what is in it.
            assert b"".join(unpack_parts(packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :])) == said
        except DamagedResult:
            noticed += 1
    assert noticed >= len(packed) - 2
