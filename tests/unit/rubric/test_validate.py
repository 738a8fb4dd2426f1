"""Every form that a field may have is explained in words."""

from __future__ import annotations

import re

from assessment.rubric.schema import render_schema
from assessment.rubric.validate import PATTERN_HINTS, spell


def test_every_pattern_of_the_models_has_words() -> None:
    patterns = {pattern.replace("\\\\", "\\") for pattern in re.findall(r'"pattern": "(.*)"', render_schema())}
    assert patterns == set(PATTERN_HINTS)


def test_a_place_is_spelled_as_an_author_reads_it() -> None:
    assert spell(("questions", 0, "weight", "value")) == "questions[0].weight.value"
    assert spell((1, "evidence")) == "[1].evidence"
