"""Whether a new assessment fits its rubric and the limits: everything that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.errors import InvalidAnswers, InvalidInput, Problem, pointer
from assessment.scoring.answers import SENIORITIES, Response, check_answers, target_problems
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.encoded import Encoded
from assessment.service.scores import score_encoded
from assessment.service.views import NewAssessment, OrganisationIn, Respondent, ResponseIn

LONGEST = {"name": 200, "external_id": 200, "domain": 253, "industry": 100, "size": 100, "region": 100}
"""Characters allowed in each text about an organisation; `name` and `external_id` may not be empty."""
LONGEST_REFERENCE = 200
NOT_FOR_PAGES = "A publishable key may not send this: leave it out, or send it with a secret key."


def examine(rubric: CompiledRubric, new: NewAssessment, *, of_page: bool = False) -> Encoded | None:
    """The result when the assessment is to be completed at once, else None. Raises InvalidInput, or InvalidAnswers
    when nothing but answers is wrong; drafts are checked like submitted responses. One that comes from a page, with a
    publishable key, may not say everything."""
    problems = [
        *(_page_problems(new) if of_page else ()),
        *_organisation_problems(new.organisation),
        *_function_problems(rubric, new),
        *_response_problems(new.responses),
        *_completion_problems(new),
        *target_problems(rubric, new.target_level),
    ]
    given = [as_response(place, response) for place, response in enumerate(new.responses)]
    submitted = [one for one, response in zip(given, new.responses, strict=True) if response.submit]
    bad_answers: InvalidAnswers | None = None
    result = None
    try:
        if problems or not new.complete or len(submitted) < len(given):
            check_answers(rubric, given)
        if new.complete and not problems:
            # Scoring checks the answers itself, so the common case reads them once.
            result = score_encoded(
                rubric, submitted, target_level=new.target_level, confidentiality=new.confidentiality
            )
    except InvalidAnswers as error:
        bad_answers = error
    if problems:
        answers = () if bad_answers is None else bad_answers.errors
        raise InvalidInput(f"{len(problems) + len(answers)} things are wrong.", errors=[*problems, *answers])
    if bad_answers is not None:
        raise bad_answers
    return result


def as_response(place: int, response: ResponseIn) -> Response:
    """What the scorer reads; its path is where the answers stand in the request."""
    seniority = None if response.respondent is None else response.respondent.seniority
    return Response(response.answers, response.function, ("responses", place, "answers"), seniority)


def _page_problems(new: NewAssessment) -> list[Problem]:
    """What only the partner's own systems may say: anybody can copy a publishable key, and what names a thing of the
    partner's would let them reach it, or pass for it."""
    named: list[tuple[tuple[str | int, ...], bool]] = [
        (("organisation", "external_id"), new.organisation.external_id is not None),
        (("metadata",), bool(new.metadata)),
    ]
    named += [
        (("responses", place, "respondent"), response.respondent is not None)
        for place, response in enumerate(new.responses)
    ]
    return [Problem(pointer(*path), "not_for_publishable_keys", NOT_FOR_PAGES) for path, given in named if given]


def _organisation_problems(organisation: OrganisationIn) -> list[Problem]:
    problems = []
    for field, longest in LONGEST.items():
        value: str | None = getattr(organisation, field)
        least = 1 if field in ("name", "external_id") else 0
        problems += _text_problems(value, least, longest, ("organisation", field))
    return problems


def _function_problems(rubric: CompiledRubric, new: NewAssessment) -> list[Problem]:
    if new.functions is None:
        return []
    known = [function.id for function in rubric.source.head.functions]
    problems = named_function_problems(rubric, new.functions)
    for place, response in enumerate(new.responses):
        if response.function in known:
            problems += asked_function_problems(new.functions, response.function, ("responses", place, "function"))
    return problems


def asked_function_problems(
    asked: Sequence[str] | None, function: str | None, path: tuple[str | int, ...]
) -> list[Problem]:
    """What is wrong with a response for the function, where the assessment says which functions are to answer."""
    if asked is None or function is None or function in asked:
        return []
    return [Problem(pointer(*path), "function_not_asked", f"This assessment takes responses from: {', '.join(asked)}.")]


def named_function_problems(rubric: CompiledRubric, functions: Sequence[str]) -> list[Problem]:
    """What is wrong with the functions that an assessment is to ask."""
    known = [function.id for function in rubric.source.head.functions]
    problems = []
    if not functions:
        problems.append(Problem("/functions", "empty", "Name at least one function, or leave 'functions' out."))
    for place, function in enumerate(functions):
        if function not in known:
            detail = f"{rubric.used.id} knows no such function. Allowed: {', '.join(known)}."
            problems.append(Problem(pointer("functions", place), "unknown_function", detail))
        elif function in functions[:place]:
            problems.append(Problem(pointer("functions", place), "duplicate_function", f"{function!r} is given twice."))
    return problems


def _response_problems(responses: Sequence[ResponseIn]) -> list[Problem]:
    problems = []
    for place, response in enumerate(responses):
        if response.respondent is not None:
            problems += respondent_problems(response.respondent, ("responses", place, "respondent"))
    return problems


def respondent_problems(respondent: Respondent, path: tuple[str | int, ...]) -> list[Problem]:
    """What is wrong with what is said of a respondent, whose place in the request is `path`."""
    return [
        *_text_problems(respondent.reference, 1, LONGEST_REFERENCE, (*path, "reference")),
        *seniority_problems(respondent.seniority, (*path, "seniority")),
    ]


def seniority_problems(seniority: str | None, path: tuple[str | int, ...]) -> list[Problem]:
    """What is wrong with a seniority."""
    if seniority is None or seniority in SENIORITIES:
        return []
    return [Problem(pointer(*path), "unknown_seniority", f"Must be one of: {', '.join(SENIORITIES)}.")]


def _completion_problems(new: NewAssessment) -> list[Problem]:
    problems = []
    if new.complete and not any(response.submit for response in new.responses):
        detail = "An assessment is completed from submitted responses: give at least one with 'submit': true."
        problems.append(Problem("/responses", "no_submitted_response", detail))
    if new.target_level is not None and not 1 <= new.target_level <= 4:
        problems.append(Problem("/target_level", "out_of_range", "'target_level' must be 1 to 4."))
    return problems


def _text_problems(value: str | None, least: int, longest: int, path: tuple[str | int, ...]) -> list[Problem]:
    if value is None or (least <= len(value.strip()) and len(value) <= longest and "\0" not in value):
        return []
    detail = f"{path[-1]!r} must be a text of {least} to {longest} characters, without NUL."
    return [Problem(pointer(*path), "invalid_text", detail)]
