"""Authored data, parsed: rubrics, studies, and the checks that an author's files must pass."""
