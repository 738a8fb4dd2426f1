"""What stops a whole file; what is wrong with one row only refuses that row."""

from __future__ import annotations

from alignment_assessment.errors import AlignmentError


class UnreadableFile(AlignmentError):
    """The file is not what can be scored."""
