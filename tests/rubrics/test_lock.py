"""What is published never changes: the lock and the digest behind it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assessment.errors import InvalidRubric
from assessment.rubric.catalog import Catalog
from assessment.rubric.check import check
from assessment.rubric.lock import publish
from tests.rubrics.spoil import replace, told

KITCHEN_DIGEST = "sha256:04b4fd24237c11804ee1fff83e890f46205fc1272687eb624209acd5545538d2"
HALLS = "studies/market-halls-2019.yaml"
CANTEENS = "studies/canteens-2021.yaml"
VERSION = "kitchen/2026.1"


def digest(folder: Path) -> str:
    """The digest, whatever the lock says of it."""
    (folder / "published.lock").unlink(missing_ok=True)
    publish(folder)
    return Catalog.load(folder).find("kitchen").digest


def test_the_digest_of_a_version_is_always_the_same(kitchen: Path) -> None:
    assert Catalog.load(kitchen).find("kitchen", "2026.1").digest == KITCHEN_DIGEST


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"{VERSION}/dimensions/storage.yaml", "title: Storage", "title: Stores"),
        (f"{VERSION}/dimensions/storage.yaml", "weight: 1\nweight_r", "weight: 1.5\nweight_r"),
        (f"{VERSION}/rubric.yaml", "from: 0.75", "from: 0.8"),
        (f"{VERSION}/recommendations.yaml", "effort: S", "effort: M"),
        (HALLS, "share: 0.31", "share: 0.315"),
        (HALLS, "share: 0.70", "share: 0.705"),
        (HALLS, "n: 1240", "n: 1241"),
        (HALLS, "\nyear: 2019\npop", "\nyear: 2020\npop"),
        (HALLS, "kind: likelihood_ratio", "kind: risk_ratio"),
        (HALLS, "value: 2.0", "value: 2.5"),
        (CANTEENS, "n_reason: n_not_published", "n_reason: n_not_given"),
        (CANTEENS, "arms_printed: false", "arms_printed: true"),
    ],
)
def test_what_scoring_depends_on_changes_the_digest(kitchen: Path, file: str, old: str, new: str) -> None:
    replace(kitchen / file, old, new)
    assert digest(kitchen) != KITCHEN_DIGEST


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"{VERSION}/cases/plan-on-the-wall.yaml", "title: A written", "title: One written"),
        (f"{VERSION}/dimensions/storage.yaml", "weight: 1\nweight_r", "weight: 1.0 # the same\nweight_r"),
        (f"{VERSION}/dimensions/cleaning.yaml", "    nature: fact\n", ""),
        (f"{VERSION}/locales/de.yaml", "title: Küchenhygiene", "title: Hygiene in der Küche"),
        (HALLS, "title: Hygiene in market-hall kitchens\npub", "title: Hygiene in the kitchens of market halls\npub"),
        (HALLS, "title: Informal plan", "title: An informal plan"),
        (CANTEENS, "share: 0.60", "share: 0.605"),
    ],
)
def test_what_scoring_does_not_depend_on_leaves_the_digest(kitchen: Path, file: str, old: str, new: str) -> None:
    replace(kitchen / file, old, new)
    assert digest(kitchen) == KITCHEN_DIGEST


def test_a_translation_may_come_and_go_after_publication(kitchen: Path) -> None:
    (kitchen / VERSION / "locales/de.yaml").unlink()
    assert digest(kitchen) == KITCHEN_DIGEST


def test_a_changed_published_version_is_refused(kitchen: Path) -> None:
    replace(kitchen / VERSION / "rubric.yaml", "from: 0.75", "from: 0.8")
    with pytest.raises(InvalidRubric) as refused:
        Catalog.load(kitchen)
    (only,) = told(refused.value.errors, kitchen)
    assert only.startswith(
        "kitchen/2026.1/rubric.yaml:3: [published_changed] kitchen@2026.1 is published and has changed since"
    )
    assert only.endswith("undo the change, or publish it as a new version in a new folder")


def test_a_share_changed_in_a_study_is_refused_too(kitchen: Path) -> None:
    replace(kitchen / HALLS, "share: 0.31", "share: 0.315")
    assert [problem.code for problem in check(kitchen)] == ["published_changed"]


def test_a_published_version_may_not_return_to_draft(kitchen: Path) -> None:
    replace(kitchen / VERSION / "rubric.yaml", "published: 2026-01-15\n", "")
    assert [problem.code for problem in check(kitchen)] == ["published_changed"]


def test_a_published_version_that_is_gone_is_missed(kitchen: Path) -> None:
    shutil.rmtree(kitchen / VERSION)
    with pytest.raises(InvalidRubric) as refused:
        Catalog.load(kitchen)
    assert told(refused.value.errors, kitchen) == [
        "published.lock:2: [published_gone] kitchen@2026.1 was published and its folder kitchen/2026.1 is gone; "
        "bring it back"
    ]


def test_a_published_version_missing_from_the_lock_is_refused(kitchen: Path) -> None:
    (kitchen / "published.lock").unlink()
    with pytest.raises(InvalidRubric) as refused:
        Catalog.load(kitchen)
    assert told(refused.value.errors, kitchen) == [
        "kitchen/2026.1/rubric.yaml:8: [not_locked] kitchen@2026.1 has a published date but is not in "
        "published.lock: run `assessment rubric publish`"
    ]


@pytest.mark.parametrize(
    ("line", "told_"),
    [
        ("kitchen@2026.1 sha256:12", "published.lock:3: [lock_syntax]"),
        (f"kitchen@2026.1 sha256:{'0' * 64}", "published.lock:3: [duplicate]"),
    ],
)
def test_a_lock_that_was_written_by_hand_is_refused(kitchen: Path, line: str, told_: str) -> None:
    with (kitchen / "published.lock").open("a") as lock:
        lock.write(line + "\n")
    assert [text[: len(told_)] for text in told(check(kitchen), kitchen)] == [told_]


def test_publishing_adds_a_line_and_keeps_the_others_byte_for_byte(kitchen: Path) -> None:
    before = (kitchen / "published.lock").read_bytes()
    shutil.copytree(kitchen / VERSION, kitchen / "kitchen/2026.2")
    replace(kitchen / "kitchen/2026.2/rubric.yaml", 'version: "2026.1"', 'version: "2026.2"')
    assert publish(kitchen) == ["kitchen@2026.2"]
    after = (kitchen / "published.lock").read_bytes()
    assert after.startswith(before)
    assert after[len(before) :].startswith(b"kitchen@2026.2 sha256:")
    assert after.count(b"\n") == before.count(b"\n") + 1
    assert check(kitchen) == []


def test_publishing_again_changes_nothing(kitchen: Path) -> None:
    before = (kitchen / "published.lock").read_bytes()
    assert publish(kitchen) == []
    assert (kitchen / "published.lock").read_bytes() == before


def test_a_draft_is_not_published(kitchen: Path) -> None:
    (kitchen / "published.lock").unlink()
    replace(kitchen / VERSION / "rubric.yaml", "published: 2026-01-15\n", "")
    assert publish(kitchen) == []
    assert not (kitchen / "published.lock").exists()


def test_a_rubric_with_a_mistake_is_not_published(kitchen: Path) -> None:
    (kitchen / "published.lock").unlink()
    replace(kitchen / VERSION / "recommendations.yaml", "question: cleaning-plan", "question: plan")
    with pytest.raises(InvalidRubric, match="there is no question `plan`"):
        publish(kitchen)
    assert not (kitchen / "published.lock").exists()


def test_a_changed_version_cannot_be_published_over(kitchen: Path) -> None:
    before = (kitchen / "published.lock").read_bytes()
    replace(kitchen / VERSION / "rubric.yaml", "from: 0.75", "from: 0.8")
    with pytest.raises(InvalidRubric, match="has changed since"):
        publish(kitchen)
    assert (kitchen / "published.lock").read_bytes() == before
