"""Makes the fonts that a PDF report carries, from the fonts as their makers publish them: `python -m tests.fonts`.

Not a dependency of anything, so it wants its own environment:

    pip install fonttools==4.68.0 brotli==1.2.1 fontpkg-noto-sans==2.15
    npm pack @fontsource/noto-sans-math@5.3.0 && tar xzf fontsource-noto-sans-math-5.3.0.tgz
    python -m tests.fonts package/files/noto-sans-math-latin-400-normal.woff2

The same versions give the same bytes.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parents[1] / "assessment" / "report" / "fonts"
WEIGHTS = {"Regular": 400, "Bold": 700}
RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),  # Latin
    (0x02B0, 0x036F),  # accents
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin with more accents, Vietnamese
    (0x2000, 0x206F),  # punctuation
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x20A0, 0x20CF),  # currencies
    (0x2100, 0x218F),  # letterlike, numbers
    (0x2212, 0x2215),
    (0xFB00, 0xFB06),  # ligatures
    (0xFFFD, 0xFFFD),
)
SYMBOLS = "≈≠≤≥∞√∑→←↑↓■□▲△▼◆◇●○✓"
"""What Noto Sans leaves to Noto Sans Math: one missing sign would set the whole label in another font."""
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum", "case"]


def make(weight: int, symbols: TTFont) -> TTFont:
    """One weight of Noto Sans with what reports need, and the symbols."""
    variable = files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf"
    with variable.open("rb") as opened:
        font = TTFont(opened, recalcTimestamp=False, lazy=False)
    font = instantiateVariableFont(font, {"wght": weight, "wdth": 100}, updateFontNames=True)
    options = Options()
    options.hinting = False
    options.notdef_outline = True  # what no font has is seen to be missing
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.layout_features = FEATURES
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    names = symbols.getBestCmap()
    for symbol in SYMBOLS:
        name = f"math.{names[ord(symbol)]}"
        font["glyf"][name] = symbols["glyf"][names[ord(symbol)]]
        font["hmtx"][name] = symbols["hmtx"][names[ord(symbol)]]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(symbol)] = name
    return font


if __name__ == "__main__":
    with TTFont(sys.argv[1]) as math:
        for style, weight in WEIGHTS.items():
            path = FONTS / f"NotoSans-{style}.ttf"
            make(weight, math).save(path)
            sys.stdout.write(f"{path} {path.stat().st_size:,} bytes\n")
