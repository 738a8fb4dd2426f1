"""Findings and practices of all studies by their id: what a rubric's references resolve to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessment.rubric.studies import Finding, Practice, Study


@dataclass(frozen=True)
class StudyIndex:
    """`complete` is false when a study file could not be read, so that an unknown id may be one of its own."""

    studies: Mapping[str, Study]
    findings: Mapping[str, tuple[Study, Finding]]
    practices: Mapping[str, tuple[Study, Practice]]
    complete: bool = True

    @classmethod
    def build(cls, studies: Iterable[Study], *, complete: bool = True) -> StudyIndex:
        """Where an id is given twice (a mistake that the check reports) the first one counts."""
        by_id: dict[str, Study] = {}
        findings: dict[str, tuple[Study, Finding]] = {}
        practices: dict[str, tuple[Study, Practice]] = {}
        for study in studies:
            by_id.setdefault(study.id, study)
            for finding in study.findings:
                findings.setdefault(finding.id, (study, finding))
            for practice in study.practices:
                practices.setdefault(practice.id, (study, practice))
        return cls(by_id, findings, practices, complete)

    def knows(self, reference: str) -> bool:
        """Whether a finding or a practice has this id."""
        return reference in self.findings or reference in self.practices
