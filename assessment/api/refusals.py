"""The errors that only an HTTP front can have: bodies, queries and methods it refuses."""

from __future__ import annotations

from assessment.errors import AssessmentError, InvalidInput, PayloadRefused


class BadRequest(AssessmentError):
    code = "bad_request"
    title = "The request is not valid HTTP for this service"


class MethodNotAllowed(AssessmentError):
    code = "method_not_allowed"
    title = "This address does not take that method"

    def __init__(self, detail: str, *, allow: str) -> None:
        super().__init__(detail)
        self.allow = allow


class NotAcceptable(AssessmentError):
    code = "not_acceptable"
    title = "There is nothing here in a media type that the request takes"


class InvalidQuery(InvalidInput):
    code = "invalid_query"
    title = "A query parameter does not fit the contract"


class UnsupportedMediaType(PayloadRefused):
    code = "unsupported_media_type"
    title = "The body must be sent as application/json"


class BodyTooLarge(PayloadRefused):
    code = "body_too_large"
    title = "The body is larger than allowed"


class BodyTimeout(PayloadRefused):
    code = "body_timeout"
    title = "The body did not arrive in time"


class HeadTimeout(AssessmentError):
    code = "head_timeout"
    title = "The head of the request did not arrive in time"


class HeadTooLarge(AssessmentError):
    code = "head_too_large"
    title = "The head of the request is larger than allowed"


class BodyMissing(PayloadRefused):
    code = "body_missing"
    title = "A JSON body is needed"


class InvalidEncoding(PayloadRefused):
    code = "invalid_encoding"
    title = "The body is not UTF-8"


class MalformedJson(PayloadRefused):
    code = "malformed_json"
    title = "The body is not JSON"


class NestingTooDeep(PayloadRefused):
    code = "nesting_too_deep"
    title = "The body is nested too deeply"


class DuplicateKeys(PayloadRefused):
    code = "duplicate_keys"
    title = "An object in the body has the same key twice"


class NulCharacters(PayloadRefused):
    code = "nul_characters"
    title = "A text in the body contains a NUL character"


class LoneSurrogates(PayloadRefused):
    code = "lone_surrogates"
    title = "A text in the body contains half of a surrogate pair"


class TooManyParts(PayloadRefused):
    code = "too_many_parts"
    title = "The body has too many objects and lists"


class NumberOutOfRange(PayloadRefused):
    code = "number_out_of_range"
    title = "A number in the body is too large to be kept exactly"
