"""What a browser is told to call a file, in the two spellings of RFC 6266."""

from __future__ import annotations

from urllib.parse import quote

from assessment.service.file_names import FileName


def shown_as(name: FileName) -> str:
    """The Content-Disposition of what is shown rather than saved."""
    header = f'inline; filename="{name.plain}"'
    if name.full != name.plain:
        header += f"; filename*=UTF-8''{quote(name.full, safe='')}"
    return header
