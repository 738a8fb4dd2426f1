"""Ids as clients see them."""

from __future__ import annotations

import uuid

import pytest
from typeid import TypeID

from assessment.errors import ResourceNotFound
from assessment.service import ids


def test_an_id_reads_as_the_specification_says() -> None:
    value = uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert ids.to_text("asmt", value) == "asmt_01h455vb4pex5vsknk084sn02q"
    assert ids.from_text("asmt", "asmt_01h455vb4pex5vsknk084sn02q") == value


def test_the_last_id_that_there_can_be_is_one() -> None:
    last = uuid.UUID(int=2**128 - 1)
    assert ids.to_text("org", last) == "org_7zzzzzzzzzzzzzzzzzzzzzzzzz"
    assert ids.from_text("org", "org_7zzzzzzzzzzzzzzzzzzzzzzzzz") == last


def test_ids_are_type_ids_sortable_by_time() -> None:
    made = [ids.new_id() for _ in range(1000)]
    assert made == sorted(made)
    texts = [ids.to_text("org", value) for value in made]
    assert texts == sorted(texts)
    assert str(TypeID.from_string(texts[0])) == texts[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "asmt_",
        "asmt",
        "01h455vb4pex5vsknk084sn02q",
        "org_01h455vb4pex5vsknk084sn02q",
        "asmt_01H455VB4PEX5VSKNK084SN02Q",
        "asmt_81h455vb4pex5vsknk084sn02q",
        "asmt_01h455vb4pex5vsknk084sn02u",
        "asmt_01h455vb4pex5vsknk084sn02",
        "asmt_01h455vb4pex5vsknk084sn02qq",
        "asmt_01h455vb4pex5vsknk084sn02\u00e9",
        "asmt_01h455vb4pex5vsknk084sn0\u00e9",
        "asmt__01h455vb4pex5vsknk084sn02q",
        "asmt_\0001h455vb4pex5vsknk084sn02q",
    ],
)
def test_a_malformed_id_names_nothing(text: str) -> None:
    with pytest.raises(ResourceNotFound):
        ids.find_id("asmt", text)
