"""Tests of one group run in one process where several run side by side."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("one")
def test_a_group_reaches_what_shares_out_the_tests(request: pytest.FixtureRequest) -> None:
    # It is told by the test's id; without this nothing would say that groups are passed over.
    side_by_side = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@one") is side_by_side
