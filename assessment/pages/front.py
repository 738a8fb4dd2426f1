"""What the pages ask of the front of the service, which the API shares with them."""

from __future__ import annotations

from typing import Any, Protocol, cast

from litestar import Request
from litestar.datastructures import State

from assessment.errors import AssessmentError
from assessment.service.context import Invited, Services
from assessment.service.file_names import FileName

AnyRequest = Request[Any, Any, State]
Headers = tuple[tuple[bytes, bytes], ...]


class Front(Protocol):
    """Gates, bodies and statuses; the application gives the API's."""

    async def admit_invited(self, request: AnyRequest, token: str) -> Invited: ...

    async def admit_anyone(self, request: AnyRequest) -> None: ...

    async def read_form(self, request: AnyRequest) -> bytes: ...

    def judge(self, request: AnyRequest, error: Exception) -> tuple[AssessmentError, int, Headers]: ...

    def shown_as(self, name: FileName) -> str: ...

    def fields_of(self, request: AnyRequest) -> Headers: ...

    def own_origin(self, request: AnyRequest) -> str | None: ...

    def public_address(self, request: AnyRequest) -> str: ...

    def way_up(self, request: AnyRequest) -> str: ...


def front_of(request: AnyRequest) -> Front:
    return cast("Front", request.scope["litestar_app"].state["front"])


def services_of(request: AnyRequest) -> Services:
    """The services that the application opened."""
    return cast("Services", request.scope["litestar_app"].state["services"])
