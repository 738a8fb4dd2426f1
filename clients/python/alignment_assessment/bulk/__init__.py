"""Scores for a file of answers: CSV or Parquet in, CSV out."""

from alignment_assessment.bulk.errors import UnreadableFile
from alignment_assessment.bulk.score import Progress, Summary, score_file

__all__ = ["Progress", "Summary", "UnreadableFile", "score_file"]
