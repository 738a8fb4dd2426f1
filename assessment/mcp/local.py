"""The desk of somebody who runs the tools on their own machine: no key, no database, nothing stored."""

from __future__ import annotations

import logging

from assessment.errors import AssessmentError
from assessment.mcp.desk import Documents, Scope
from assessment.service.rubrics import Rubrics

_log = logging.getLogger("assessment.mcp")


class LocalDesk:
    """Everything that needs no stored assessment."""

    stored_result = None

    def __init__(self, rubrics: Rubrics, documents: Documents) -> None:
        self.rubrics = rubrics
        self.documents = documents

    def require(self, scope: Scope, *, publishable: bool = True) -> None:
        """Whoever runs it may do all of it."""

    def judge(self, error: Exception) -> AssessmentError:
        if isinstance(error, AssessmentError):
            return error
        _log.error("a tool failed", exc_info=error)
        return AssessmentError()
