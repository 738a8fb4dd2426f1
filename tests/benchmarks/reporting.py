"""Row 13: a report as PDF and as HTML, from a stored result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from assessment.report.compose import compose
from assessment.report.html import render_html
from assessment.report.pdf import render_pdf
from tests.benchmarks.harness import Aim, Comparison, Group, Slice, timed
from tests.unit.report.samples import worked_example


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    source = worked_example()
    yield {
        "pdf": timed(lambda: render_pdf(compose(source)), seconds=0.5),
        "html": timed(lambda: render_html(compose(source))),
    }


GROUPS = (
    Group(
        "reports",
        (
            Comparison(
                "13",
                "report as PDF",
                "",
                Aim("at most", 0.1),
                "pdf",
                None,
                "The result of the worked example is written as a report of 18 pages with its charts and laid out as "
                "tagged PDF, in one process and without what an earlier one has left to reuse.",
                limit="Nine tenths are typst's, which lays out 18 pages and writes them; what we do is 8 ms. Tried: no "
                "links inside the report (an eighth, but then nobody can follow a source), no hyphenation, no columns "
                "that are measured, no rule over words, blocks that may break, and no charts for small screens in "
                "what it is given: each at most a fiftieth.",
            ),
            Comparison(
                "13",
                "report as HTML",
                "",
                Aim("at most", 0.02),
                "html",
                None,
                "The same report is written and laid out as one page of HTML with its charts and stylesheet.",
            ),
        ),
        _contenders,
    ),
)
