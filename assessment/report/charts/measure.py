"""How wide a text is, and where it breaks: measured for the wider of the usual sans fonts, so that none overflows."""

from __future__ import annotations

import unicodedata

BOLD = 1.13
"""How much wider bold letters are."""
_ELLIPSIS = "…"
_ASCII = (
    *(32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 55, 84, 32, 36, 32, 37, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34),
    *(84, 84, 84, 56, 102, 68, 69, 72, 77, 67, 61, 78, 75, 34, 50, 67, 56, 91, 76, 79, 67, 79, 72, 67, 61, 73, 68, 99),
    *(69, 67, 69, 39, 37, 39, 84, 56, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52),
    *(39, 63, 59, 82, 59, 59, 52, 64, 55, 64, 84),
)
"""Widths from the space on, in hundredths of the font size: the widest of Noto, DejaVu and Liberation Sans."""
_OTHER = 0.84
_WIDE = 1.1


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """An upper estimate, in the unit of `size`."""
    return sum(_advance(letter) for letter in unicodedata.normalize("NFD", text)) * size * (BOLD if bold else 1.0)


def _advance(letter: str) -> float:
    place = ord(letter) - 32
    if 0 <= place < len(_ASCII):
        return _ASCII[place] / 100
    if unicodedata.combining(letter):
        return 0.0
    if letter in "–‘’·„“”\u00a0\u202f":
        return 0.56
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x2000 else _OTHER


def wrap(text: str, width: float, size: float, *, bold: bool = False, lines: int = 4) -> list[str]:
    """The text in lines that fit; a word that does not is broken, and what is beyond `lines` lines is cut."""
    wrapped: list[str] = []
    line = ""
    for word in text.split(" "):
        for piece in _pieces(word, width, size, bold):
            longer = f"{line} {piece}" if line and piece is not None else piece
            if line and width_of(longer, size, bold=bold) > width:
                wrapped.append(line)
                longer = piece
            line = longer
            if len(wrapped) >= lines:
                return [*wrapped[: lines - 1], fit(wrapped[lines - 1] + _ELLIPSIS, width, size, bold=bold)]
    return [*wrapped, line]


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width_of(text, size, bold=bold) <= width:
        return text
    kept = text.removesuffix(_ELLIPSIS)
    while kept and width_of(kept + _ELLIPSIS, size, bold=bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word in pieces that fit on a line of their own."""
    if width_of(word, size, bold=bold) <= width:
        return [word]
    pieces, piece = [], ""
    for letter in word:
        if piece and width_of(piece + letter, size, bold=bold) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]
