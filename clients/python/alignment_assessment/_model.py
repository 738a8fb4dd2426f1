"""What every answer is made of: an immutable struct that knows the HTTP response it came in."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2
import msgspec


@dataclass(frozen=True, slots=True, repr=False)
class RawResponse:
    """An HTTP response as it came: status, headers and bytes."""

    status: int
    headers: httpx2.Headers
    content: bytes
    tries: int = 1
    """How often the request was sent until this came."""

    @property
    def request_id(self) -> str | None:
        """The id that the service's log has for the request."""
        return self.headers.get("X-Request-Id")

    @property
    def etag(self) -> str | None:
        return self.headers.get("ETag")

    def __repr__(self) -> str:
        # What came may hold a secret that is shown once.
        return f"<RawResponse {self.status}, {len(self.content)} bytes, request id {self.request_id}>"


class Model(msgspec.Struct, frozen=True, dict=True):
    """A part of a request or of an answer. What a call returns has `raw` and `etag`, its parts do not."""

    @property
    def raw(self) -> RawResponse:
        """The response that this came in. AttributeError for what is part of another answer, or was made here."""
        try:
            raw: RawResponse = self.__dict__["_raw"]
        except KeyError:
            raise AttributeError(f"This {type(self).__name__} is not what a call returned.") from None
        return raw

    @property
    def etag(self) -> str | None:
        """The validator of exactly this state, for `if_match` and `if_none_match`."""
        return self.raw.etag

    def _came_in(self, raw: RawResponse) -> None:
        self.__dict__["_raw"] = raw
