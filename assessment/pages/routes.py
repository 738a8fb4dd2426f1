"""Every hosted page."""

from __future__ import annotations

from assessment.pages import assets, frame, report, start, take, widget

HANDLERS = (*start.HANDLERS, *widget.HANDLERS, *frame.HANDLERS, *take.HANDLERS, *report.HANDLERS, *assets.HANDLERS)
