"""Header fields as they are looked up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assessment.api.fields import values_of

NAMES = st.sampled_from([b"host", b"origin", b"authorization", b"x-request-id"])
HEADERS = st.lists(st.tuples(NAMES, st.binary(max_size=4)), max_size=6)


@given(HEADERS)
def test_every_field_of_a_name_is_found_in_order_and_no_other(headers: list[tuple[bytes, bytes]]) -> None:
    scope = {"headers": headers}
    for name in (b"host", b"origin", b"authorization", b"x-request-id", b"if-match"):
        assert [*values_of(scope, name)] == [value for field, value in headers if field == name]
