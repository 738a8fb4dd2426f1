"""A report's file is named after rubric, organisation and day, whatever the organisation is called."""

from __future__ import annotations

from datetime import date

import pytest

from assessment.api.disposition import shown_as
from assessment.service.file_names import FileName, name_report

DAY = date(2026, 11, 22)


def named(organisation: str | None, day: date | None = DAY) -> FileName:
    return name_report("alignment", organisation, day, ".pdf")


@pytest.mark.parametrize(
    ("organisation", "plain", "full"),
    [
        ("Northwind", "alignment-northwind-2026-11-22.pdf", None),
        ("Northwind & Sons, Ltd.", "alignment-northwind-sons-ltd-2026-11-22.pdf", None),
        (None, "alignment-2026-11-22.pdf", None),
        ("", "alignment-2026-11-22.pdf", None),
        ("///..\\", "alignment-2026-11-22.pdf", None),
        ('a"; filename=evil.exe\r\nX: y', "alignment-a-filename-evil-exe-x-y-2026-11-22.pdf", None),
        ("Müller", "alignment-muller-2026-11-22.pdf", "alignment-müller-2026-11-22.pdf"),
        ("Łódź Works", "alignment-odz-works-2026-11-22.pdf", "alignment-łódź-works-2026-11-22.pdf"),
        ("漢字", "alignment-2026-11-22.pdf", "alignment-漢字-2026-11-22.pdf"),
        ("\u202egpj.exe", "alignment-gpj-exe-2026-11-22.pdf", None),
        ("x" * 10_000, f"alignment-{'x' * 60}-2026-11-22.pdf", None),
        ("ﷺ" * 200, "alignment-2026-11-22.pdf", f"alignment-{'ﷺ' * 60}-2026-11-22.pdf"),
    ],
)
def test_a_name_is_safe_and_says_whose_report_it_is(organisation: str | None, plain: str, full: str | None) -> None:
    assert named(organisation) == FileName(plain, full or plain)


def test_without_a_day_there_is_none_in_the_name() -> None:
    assert named("Northwind", None) == FileName("alignment-northwind.pdf", "alignment-northwind.pdf")


def test_the_header_has_both_spellings_where_they_differ() -> None:
    assert shown_as(named("Northwind")) == 'inline; filename="alignment-northwind-2026-11-22.pdf"'
    assert shown_as(named("Müller")) == (
        "inline; filename=\"alignment-muller-2026-11-22.pdf\"; filename*=UTF-8''alignment-m%C3%BCller-2026-11-22.pdf"
    )
