"""Handlers of the catalogue: rubrics and studies, answered from ready bytes."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import route
from msgspec import Meta

from assessment.api.admission import AnyRequest, admit, named_in_path, shelf_of
from assessment.api.invited import admit_invited, holds_invitation
from assessment.api.operation import CACHE_CONTROL, CONTENT_LANGUAGE, ETAG, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import LocaleQuery, NoQuery, read_query
from assessment.api.reply import Reply, tagged
from assessment.api.shelf import cut_page
from assessment.api.wire.paging import Cursor, Limit
from assessment.api.wire.rubrics import Rubric, RubricPage
from assessment.api.wire.studies import Study, StudyPage
from assessment.errors import RubricNotFound, StudyNotFound

# What is scored never changes in a version, but a translation may be added or corrected.
_FOR_A_DAY = ((b"cache-control", b"public, max-age=86400"),)
_REVALIDATE = ((b"cache-control", b"no-cache"),)


class RubricsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of rubrics."""

    limit: Limit = 20
    cursor: Cursor = None
    locale: Annotated[
        str | None,
        Meta(description="Language of the texts. Without it, and where a rubric does not have it, each rubric's own."),
    ] = None


class StudiesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the list of studies."""

    limit: Limit = 20
    cursor: Cursor = None


@route(
    "/v1/rubrics",
    http_method=READ,
    opt=described(
        Op(
            id="list_rubrics",
            scope="catalogue:read",
            publishable=True,
            summary="List the published rubrics",
            description="Every published version, whole, by id and version.",
            tag="Catalogue",
            answers={200: Answer(RubricPage, "A page of rubrics.")},
            query=RubricsQuery,
        )
    ),
)
async def list_rubrics(request: AnyRequest) -> Reply:
    await admit(request)
    query = read_query(request.scope["query_string"], RubricsQuery)
    rows = shelf_of(request).rubric_rows(query.locale)
    return Reply(200, cut_page(rows, query.limit, query.cursor))


@route(
    "/v1/rubrics/{rubric_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_latest_rubric",
            scope="catalogue:read",
            publishable=True,
            summary="Get the latest version of a rubric",
            description="The latest published version, whole: questions, weights, gates and benchmarks.",
            tag="Catalogue",
            answers={200: Answer(Rubric, "The rubric.", (ETAG, CACHE_CONTROL, CONTENT_LANGUAGE)), 304: NOT_MODIFIED},
            query=LocaleQuery,
            problems=(RubricNotFound,),
        )
    ),
)
async def get_latest_rubric(request: AnyRequest) -> Reply:
    await admit(request)
    query = read_query(request.scope["query_string"], LocaleQuery)
    ready = shelf_of(request).rubric(named_in_path(request, "rubric_id"), None, query.locale)
    return tagged(request.scope, ready.body, etag=ready.etag, headers=(*_REVALIDATE, *ready.headers))


@route(
    "/v1/rubrics/{rubric_id:str}/{version:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_rubric",
            scope="catalogue:read",
            publishable=True,
            invited="also",
            summary="Get a version of a rubric",
            description="A published version, whole. What it scores never changes. Translations may be corrected, and "
            "languages be added to `locales`, so it may be kept for a day.",
            tag="Catalogue",
            answers={200: Answer(Rubric, "The rubric.", (ETAG, CACHE_CONTROL, CONTENT_LANGUAGE)), 304: NOT_MODIFIED},
            query=LocaleQuery,
            problems=(RubricNotFound,),
        )
    ),
)
async def get_rubric(request: AnyRequest) -> Reply:
    if holds_invitation(request):
        await admit_invited(request)
    else:
        await admit(request)
    query = read_query(request.scope["query_string"], LocaleQuery)
    named = request.scope["path_params"]
    ready = shelf_of(request).rubric(named["rubric_id"], named["version"], query.locale)
    return tagged(request.scope, ready.body, etag=ready.etag, headers=(*_FOR_A_DAY, *ready.headers))


@route(
    "/v1/studies",
    http_method=READ,
    opt=described(
        Op(
            id="list_studies",
            scope="catalogue:read",
            publishable=True,
            summary="List the studies",
            description="Every study that a rubric rests on, whole, by id.",
            tag="Catalogue",
            answers={200: Answer(StudyPage, "A page of studies.")},
            query=StudiesQuery,
        )
    ),
)
async def list_studies(request: AnyRequest) -> Reply:
    await admit(request)
    query = read_query(request.scope["query_string"], StudiesQuery)
    return Reply(200, cut_page(shelf_of(request).study_rows, query.limit, query.cursor))


@route(
    "/v1/studies/{study_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_study",
            scope="catalogue:read",
            publishable=True,
            summary="Get a study",
            description="Who asked whom, how it was read, how good it is, and every figure taken from it.",
            tag="Catalogue",
            answers={200: Answer(Study, "The study.", (ETAG, CACHE_CONTROL)), 304: NOT_MODIFIED},
            query=NoQuery,
            problems=(StudyNotFound,),
        )
    ),
)
async def get_study(request: AnyRequest) -> Reply:
    await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    ready = shelf_of(request).study(named_in_path(request, "study_id"))
    return tagged(request.scope, ready.body, etag=ready.etag, headers=_REVALIDATE)


HANDLERS = (list_rubrics, get_latest_rubric, get_rubric, list_studies, get_study)
