"""Bridges between versions: what an author may state, and what they let be compared."""

from __future__ import annotations

import shutil
from pathlib import Path

from assessment.rubric.bridges import find_span, version_order
from assessment.rubric.catalog import Catalog
from assessment.rubric.check import check
from assessment.rubric.head import RubricHead
from assessment.rubric.lock import publish
from tests.rubrics.spoil import replace, told

REASON = "The wording of one question is plainer."


def add_version(kitchen: Path, version: str, *lines: str, published: bool = True) -> Path:
    """A later version of the kitchen's rubric with these bridges."""
    folder = Path(shutil.copytree(kitchen / "kitchen/2026.1", kitchen / "kitchen" / version))
    head = folder / "rubric.yaml"
    replace(head, 'version: "2026.1"', f'version: "{version}"')
    if not published:
        replace(head, "published: 2026-01-15\n", "")
    if lines:
        before = "dimensions: [cleaning, storage]\n"
        replace(head, before, "\n".join([f"{before}bridges:", *(f"  - {line}" for line in lines)]) + "\n")
    return head


def bridge(version: str, more: str = "") -> str:
    return f'{{ version: "{version}", reason: {REASON}{more} }}'


def heads(kitchen: Path) -> dict[str, RubricHead]:
    publish(kitchen)
    return {entry.rubric.head.version: entry.rubric.head for entry in Catalog.load(kitchen).entries()}


def test_a_bridge_to_an_earlier_version_is_right(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1", ", overall: false, dimensions: [storage]"))
    publish(kitchen)
    assert check(kitchen) == []


def test_a_bridge_names_dimensions_of_both_versions(kitchen: Path) -> None:
    head = add_version(kitchen, "2026.2", bridge("2026.1", ", dimensions: [storage, bins, storage, serving]"))
    serving = (kitchen / "kitchen/2026.2/dimensions/storage.yaml").read_text("utf-8")
    serving = serving.replace("id: storage", "id: serving").replace("id: cold-chain", "id: hot-chain")
    (kitchen / "kitchen/2026.2/dimensions/serving.yaml").write_text(serving, "utf-8")
    (kitchen / "kitchen/2026.2/locales/de.yaml").unlink()
    replace(head, "dimensions: [cleaning, storage]\n", "dimensions: [cleaning, storage, serving]\n")
    replace(head, "published: 2026-01-15\n", "")
    assert told(check(kitchen), kitchen) == [
        "kitchen/2026.2/rubric.yaml:37: [duplicate] the dimension `storage` is given twice; the first is on line 37",
        "kitchen/2026.2/rubric.yaml:37: [unknown_dimension] there is no dimension in 2026.1 called `bins`; "
        "there are: cleaning, storage",
        "kitchen/2026.2/rubric.yaml:37: [unknown_dimension] there is no dimension in 2026.1 called `serving`; "
        "there are: cleaning, storage",
        "kitchen/2026.2/rubric.yaml:37: [unknown_dimension] there is no dimension in 2026.2 called `bins`; "
        "there are: cleaning, storage, serving",
    ]


def test_a_bridge_leads_back_in_time_to_what_exists_once(kitchen: Path) -> None:
    add_version(
        kitchen, "2026.2", bridge("2026.10"), bridge("2026.0"), bridge("2026.1"), bridge("2026.1"), published=False
    )
    assert told(check(kitchen), kitchen) == [
        "kitchen/2026.2/rubric.yaml:37: [not_earlier] a bridge leads to an earlier version; 2026.10 is not earlier "
        "than 2026.2",
        "kitchen/2026.2/rubric.yaml:38: [unknown_version] there is no version `2026.0` (did you mean `2026.1`?); "
        "there are: 2026.1",
        "kitchen/2026.2/rubric.yaml:40: [duplicate] the version `2026.1` is given twice; the first is on line 39",
    ]


def test_what_is_published_cannot_rest_on_a_draft(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", published=False)
    add_version(kitchen, "2026.3", bridge("2026.2"), published=False)
    assert check(kitchen) == []
    replace(kitchen / "kitchen/2026.3/rubric.yaml", "minutes: 2\n", "minutes: 2\npublished: 2026-03-01\n")
    assert (
        "kitchen/2026.3/rubric.yaml:38: [bridge_to_draft] 2026.2 is a draft and may still change; "
        "a published version cannot rest on it"
    ) in told(check(kitchen), kitchen)


def test_a_version_that_cannot_be_read_is_not_called_unknown(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1"), published=False)
    (kitchen / "kitchen/2026.1/recommendations.yaml").write_text("id: [", "utf-8")
    assert "unknown_version" not in "".join(told(check(kitchen), kitchen))


def test_versions_are_in_the_order_of_time() -> None:
    assert sorted(["2026.10", "2026.9", "2025.11"], key=version_order) == ["2025.11", "2026.9", "2026.10"]


def test_without_a_bridge_nothing_is_compared(kitchen: Path) -> None:
    add_version(kitchen, "2026.2")
    known = heads(kitchen)
    assert find_span(known, "2026.1", "2026.2") is None
    same = find_span(known, "2026.2", "2026.2")
    assert same is not None
    assert (same.versions, same.overall, same.dimensions, same.reasons) == (("2026.2",), True, None, ())


def test_a_bridge_holds_in_both_directions_of_time(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1", ", dimensions: [storage]"))
    known = heads(kitchen)
    span = find_span(known, "2026.1", "2026.2")
    assert span == find_span(known, "2026.2", "2026.1")
    assert span is not None
    assert (span.versions, span.overall, span.reasons) == (("2026.2", "2026.1"), True, (REASON,))
    assert span.covers("storage")
    assert not span.covers("cleaning")


def test_a_chain_of_bridges_lets_be_compared_what_each_of_them_does(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1", ", dimensions: [storage, cleaning]"))
    add_version(kitchen, "2026.3", bridge("2026.2", ", overall: false"))
    add_version(kitchen, "2026.4", bridge("2026.3", ", dimensions: [cleaning]"))
    add_version(kitchen, "2026.5")
    known = heads(kitchen)
    span = find_span(known, "2026.1", "2026.4")
    assert span is not None
    assert (span.versions, span.overall) == (("2026.4", "2026.3", "2026.2", "2026.1"), False)
    assert (span.dimensions, span.reasons) == (frozenset({"cleaning"}), (REASON, REASON, REASON))
    assert find_span(known, "2026.1", "2026.5") is None


def test_of_several_chains_the_shortest_counts(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1", ", overall: false"))
    add_version(kitchen, "2026.3", bridge("2026.2"), bridge("2026.1"))
    span = find_span(heads(kitchen), "2026.1", "2026.3")
    assert span is not None
    assert (span.versions, span.overall) == (("2026.3", "2026.1"), True)


def test_a_bridge_to_a_version_that_is_not_here_is_passed_by(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1"))
    add_version(kitchen, "2026.3", bridge("2026.2"), bridge("2026.1"))
    known = heads(kitchen)
    del known["2026.2"]
    span = find_span(known, "2026.3", "2026.1")
    assert span is not None
    assert span.versions == ("2026.3", "2026.1")
    assert find_span(known, "2026.3", "2026.2") is None


def test_a_web_of_bridges_is_searched_once_a_version(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1"))
    known = heads(kitchen)
    [way] = known["2026.2"].bridges
    island = known.pop("2026.1")
    for number in range(2, 32):
        ways = [way.model_copy(update={"version": f"2026.{earlier}"}) for earlier in range(2, number)]
        known[f"2026.{number}"] = island.model_copy(update={"version": f"2026.{number}", "bridges": ways})
    known["2025.1"] = island
    assert find_span(known, "2025.1", "2026.31") is None


def test_only_the_very_versions_that_are_installed_are_bridged(kitchen: Path) -> None:
    add_version(kitchen, "2026.2", bridge("2026.1"))
    publish(kitchen)
    catalog = Catalog.load(kitchen)
    one, two = (("2026.1", catalog.find("kitchen", "2026.1").digest), ("2026.2", catalog.find("kitchen").digest))
    span = catalog.span("kitchen", one, two)
    assert span is not None
    assert span.versions == ("2026.2", "2026.1")
    assert catalog.span("kitchen", ("2026.1", "sha256:0"), two) is None
    assert catalog.span("kitchen", one, ("2026.1", "sha256:0")) is None
    assert catalog.span("kitchen", one, ("2026.9", "sha256:0")) is None
    assert catalog.span("pantry", one, two) is None
    # What is not installed any more can be compared with itself.
    assert catalog.span("pantry", one, one) is not None


def test_the_later_version_states_how_reliable_the_overall_score_is(kitchen: Path) -> None:
    later = add_version(kitchen, "2026.2", bridge("2026.1"))
    line = "reliability: { deviation: 12.5, retest: 0.85, source: A pilot of 2026 with 60 kitchens }\n"
    replace(later, "bridges:\n", f"{line}bridges:\n")
    known = heads(kitchen)
    across, earlier = find_span(known, "2026.1", "2026.2"), find_span(known, "2026.1", "2026.1")
    assert across is not None
    assert across.reliability is not None
    assert (across.reliability.deviation, across.reliability.retest) == (12.5, 0.85)
    assert earlier is not None
    assert earlier.reliability is None
