"""Bodies that are not what they seem, sent as raw bytes to a running application."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.integration.api.running import Api, pointers

JSON = {"Content-Type": "application/json"}

REFUSED: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 400, "body_missing"),
    "blank": (b" \n", 400, "malformed_json"),
    "two documents": (b'{"rubric":"alignment"}{}', 400, "malformed_json"),
    "trailing comma": (b'{"rubric":"alignment",}', 400, "malformed_json"),
    "single quotes": (b"{'rubric':1}", 400, "malformed_json"),
    "comment": (b'{"rubric":"alignment"}//', 400, "malformed_json"),
    "unquoted key": (b'{rubric:"alignment"}', 400, "malformed_json"),
    "truncated": (b'{"rubric":"align', 400, "malformed_json"),
    "truncated escape": (b'{"rubric":"\\u00', 400, "malformed_json"),
    "bad escape": (b'{"rubric":"\\x41"}', 400, "malformed_json"),
    "raw line break in a text": (b'{"rubric":"a\nb"}', 400, "malformed_json"),
    "raw NUL in a text": (b'{"rubric":"a\x00b"}', 400, "malformed_json"),
    "leading zero": (b'{"target_level":03}', 400, "malformed_json"),
    "hexadecimal": (b'{"target_level":0x3}', 400, "malformed_json"),
    "plus sign": (b'{"target_level":+3}', 400, "malformed_json"),
    "NaN": (b'{"target_level":NaN}', 400, "malformed_json"),
    "Infinity": (b'{"target_level":Infinity}', 400, "malformed_json"),
    "minus Infinity": (b'{"target_level":-Infinity}', 400, "malformed_json"),
    "vertical tab": (b"\x0b{}", 400, "malformed_json"),
    "byte order mark": (b'\xef\xbb\xbf{"rubric":"alignment"}', 400, "invalid_encoding"),
    "UTF-16": ('{"rubric":"alignment"}'.encode("utf-16"), 400, "invalid_encoding"),
    "UTF-32": ('{"rubric":"alignment"}'.encode("utf-32"), 400, "invalid_encoding"),
    "Latin-1": ('{"rubric":"é"}'.encode("latin-1"), 400, "invalid_encoding"),
    "overlong UTF-8": (b'{"rubric":"\xc0\x80"}', 400, "invalid_encoding"),
    "surrogate in UTF-8": (b'{"rubric":"\xed\xa0\x80"}', 400, "invalid_encoding"),
    "UTF-8 cut off": (b'{"rubric":"\xe2\x82"}', 400, "invalid_encoding"),
    "bad UTF-8 in a key": (b'{"\xff":1}', 400, "invalid_encoding"),
    "bad UTF-8 in an unknown field": (b'{"rubric":"alignment","x":"\xff"}', 400, "invalid_encoding"),
    "duplicate key": (b'{"rubric":"alignment","rubric":"alignment","answers":{}}', 422, "duplicate_keys"),
    "duplicate answer": (b'{"rubric":"alignment","answers":{"a":"b","a":"c"}}', 422, "duplicate_keys"),
    "duplicate key by escape": (b'{"rubric":"alignment","\\u0072ubric":"x","answers":{}}', 422, "duplicate_keys"),
    "duplicate key hidden by a colon": (b'{"rubric":"a:b","rubric":"x","answers":{}}', 422, "duplicate_keys"),
    "duplicate deep in a list": (
        b'{"responses":[{"answers":{}},{"answers":{"q":{"n":1,"n":1}}}]}',
        422,
        "duplicate_keys",
    ),
    "escaped NUL": (b'{"rubric":"a\\u0000b","answers":{}}', 422, "nul_characters"),
    "escaped NUL in a key": (b'{"rubric":"a","answers":{"\\u0000":"b"}}', 422, "nul_characters"),
    "high surrogate": (b'{"rubric":"\\ud800","answers":{}}', 422, "lone_surrogates"),
    "low surrogate": (b'{"rubric":"\\udc00 x","answers":{}}', 422, "lone_surrogates"),
    "surrogates the wrong way round": (b'{"rubric":"\\udc00\\ud800","answers":{}}', 422, "lone_surrogates"),
    "high surrogate at the end of a key": (b'{"a\\ud83d":1}', 422, "lone_surrogates"),
    "33 lists": (b"[" * 33 + b"]" * 33, 422, "nesting_too_deep"),
    "33 objects": (b'{"a":' * 33 + b"1" + b"}" * 33, 422, "nesting_too_deep"),
    "100,000 lists": (b"[" * 100_000 + b"]" * 100_000, 422, "nesting_too_deep"),
    "100,000 lists never closed": (b"[" * 100_000, 422, "nesting_too_deep"),
    "43,000 objects never closed": (b'{"a":' * 43_000, 422, "nesting_too_deep"),
    "deep and malformed": (b"[" * 40 + b"!", 422, "nesting_too_deep"),
    "60,000 empty lists": (b'{"rubric":[' + b"[]," * 60_000 + b"[]]}", 422, "too_many_parts"),
    "60,000 empty objects and a text": (b'{"rubric":["{",' + b"{}," * 60_000 + b"1]}", 422, "too_many_parts"),
    "integer of 5,000 digits": (b'{"target_level":' + b"9" * 5_000 + b"}", 422, "number_out_of_range"),
    "1e999": (b'{"target_level":1e999}', 422, "number_out_of_range"),
    "1e999999999": (b'{"target_level":-1e999999999}', 422, "number_out_of_range"),
    "too large": (b'{"rubric":"' + b"a" * 262_144 + b'"}', 413, "body_too_large"),
    "one byte too large": (b'{"rubric":"' + b"a" * (262_144 - 12) + b'"}', 413, "body_too_large"),
}


@pytest.mark.parametrize("path", ["/v1/scores", "/v1/assessments"])
@pytest.mark.parametrize("name", REFUSED)
async def test_refused_body_has_its_own_code(api: Api, path: str, name: str) -> None:
    body, status, code = REFUSED[name]
    response = await api.client.post(path, content=body, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["detail"]


async def test_duplicate_keys_are_pointed_at(api: Api) -> None:
    body = b'{"rubric":"alignment","responses":[{"answers":{"a/b":{"note":"","note":""}}}]}'
    response = await api.client.post("/v1/scores", content=body, headers=JSON)
    assert pointers(response) == {"/responses/0/answers/a~1b/note": "duplicate_key"}


async def test_a_pair_of_surrogates_is_one_character(api: Api) -> None:
    body = b'{"rubric":"alignment","answers":{"\\ud83d\\ude00":"x"}}'
    response = await api.client.post("/v1/scores", content=body, headers=JSON)
    assert pointers(response) == {"/answers/😀": "unknown_question"}


async def test_brackets_inside_texts_are_not_depth(api: Api) -> None:
    note = "[{" * 500 + '\\" [[' + ":" * 50
    body = json.dumps({"rubric": "alignment", "answers": {"kpi-set": {"option": "one-joint-target", "note": note}}})
    response = await api.client.post("/v1/scores", content=body.encode(), headers=JSON)
    assert response.status_code == 200


async def test_brackets_inside_texts_are_no_parts(api: Api) -> None:
    body = b'{"rubric":"alignment","answers":{},"target_level":"' + b"{[" * 60_000 + b'"}'
    response = await api.client.post("/v1/scores", content=body, headers=JSON)
    assert pointers(response) == {"/target_level": "wrong_type"}


async def test_32_levels_are_allowed(api: Api) -> None:
    body = b'{"rubric":"alignment","answers":{"kpi-set":' + b"[" * 30 + b"]" * 30 + b"}}"
    response = await api.client.post("/v1/scores", content=body, headers=JSON)
    assert response.json()["code"] == "invalid_answers"


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/jsonp",
        "application/problem+json",
        "application/json, text/plain",
        "*/*",
    ],
)
async def test_other_content_types_are_refused(api: Api, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = await api.client.post("/v1/scores", content=b'{"rubric":"alignment","answers":{}}', headers=headers)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "APPLICATION/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"'],
)
async def test_json_in_utf_8_is_taken(api: Api, content_type: str) -> None:
    body = '{"rubric":"alignment","answers":{"kpi-set":{"option":"one-joint-target","note":"é"}}}'.encode()
    response = await api.client.post("/v1/scores", content=body, headers={"Content-Type": content_type})
    assert response.status_code == 200


async def test_compressed_bodies_are_refused(api: Api) -> None:
    response = await api.client.post("/v1/scores", content=b"{}", headers=JSON | {"Content-Encoding": "gzip"})
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


async def test_size_is_counted_while_a_body_streams_in(api: Api) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b" " * 65_536

    response = await api.client.post("/v1/scores", content=chunks(), headers=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert sent < 10 * 1024 * 1024


async def test_a_body_in_pieces_is_read_whole(api: Api) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for byte in b'{"rubric":"alignment","answers":{"nothing":"x"}}':
            yield bytes([byte])

    response = await api.client.post("/v1/scores", content=chunks(), headers=JSON)
    assert pointers(response) == {"/answers/nothing": "unknown_question"}


async def test_a_batch_may_be_larger(api: Api) -> None:
    items = [{"rubric": "alignment", "answers": {"kpi-set": {"option": "one-joint-target", "note": "x" * 1_900}}}] * 300
    body = json.dumps({"items": items}).encode()
    assert len(body) > 262_144
    assert (await api.client.post("/v1/scores/batch", content=body, headers=JSON)).status_code == 200
    response = await api.client.post("/v1/scores/batch", content=body + b" " * 2_097_152, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


async def test_an_item_of_a_batch_may_be_as_large_as_a_request(api: Api) -> None:
    large = {"rubric": "alignment", "answers": {"kpi-set": {"option": "x", "note": "x" * 262_144}}}
    answers = (await api.client.post("/v1/scores/batch", json={"items": [large, {"rubric": "alignment"}]})).json()
    assert [item["problem"]["code"] for item in answers["data"]] == ["body_too_large", "invalid_request"]


async def test_an_item_of_a_batch_lists_twenty_problems(api: Api) -> None:
    item = {"rubric": "alignment", "answers": {f"no-such-question-{number}": "x" for number in range(100)}}
    [answer] = (await api.client.post("/v1/scores/batch", json={"items": [item]})).json()["data"]
    assert len(answer["problem"]["errors"]) == 20


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[]", {"": "wrong_type"}),
        ("null", {"": "wrong_type"}),
        ('"alignment"', {"": "wrong_type"}),
        ("{}", {"/rubric": "missing_field"}),
        ('{"rubric":1,"answers":{}}', {"/rubric": "wrong_type"}),
        ('{"rubric":true,"answers":{}}', {"/rubric": "wrong_type"}),
        ('{"rubric":"","answers":{}}', {"/rubric": "out_of_bounds"}),
        ('{"rubric":"alignment","answers":[]}', {"/answers": "wrong_type"}),
        ('{"rubric":"alignment","answers":"{}"}', {"/answers": "wrong_type"}),
        ('{"rubric":"alignment","answers":null}', {"/answers": "wrong_type"}),
        ('{"rubric":"alignment","answers":{},"target_level":"3"}', {"/target_level": "wrong_type"}),
        ('{"rubric":"alignment","answers":{},"target_level":3.0}', {"/target_level": "wrong_type"}),
        ('{"rubric":"alignment","answers":{},"target_level":true}', {"/target_level": "wrong_type"}),
        ('{"rubric":"alignment","answers":{},"target_level":5}', {"/target_level": "out_of_bounds"}),
        ('{"rubric":"alignment","answers":{},"target_level":' + "9" * 400 + "}", {"/target_level": "out_of_bounds"}),
        ('{"rubric":"alignment","answers":{},"responses":[{"answers":{}}]}', {"/responses": "one_of"}),
        ('{"rubric":"alignment"}', {"/answers": "one_of"}),
        ('{"rubric":"alignment","responses":[]}', {"/responses": "wrong_length"}),
        ('{"Rubric":"alignment","answers":{}}', {"/Rubric": "unknown_field", "/rubric": "missing_field"}),
        (
            '{"rubric":"alignment","answers":{"kpi-set":"x","y":"z"},"locale":"en","target_level":"2"}',
            {
                "/locale": "unknown_field",
                "/target_level": "wrong_type",
                "/answers/kpi-set": "unknown_option",
                "/answers/y": "unknown_question",
            },
        ),
        (
            '{"rubric":"alignment","responses":[{"answers":{"kpi-set":1}},{"answer":{}},7,{"answers":{},"function":"hr"}]}',
            {
                "/responses/0/answers/kpi-set": "wrong_type",
                "/responses/1/answer": "unknown_field",
                "/responses/1/answers": "missing_field",
                "/responses/2": "wrong_type",
                "/responses/3/function": "unknown_function",
            },
        ),
    ],
)
async def test_everything_wrong_is_named_at_once_and_nothing_is_coerced(
    api: Api, body: str, expected: dict[str, str]
) -> None:
    response = await api.client.post("/v1/scores", content=body.encode(), headers=JSON)
    assert response.status_code == 422
    assert pointers(response) == expected


async def test_a_hostile_body_does_not_blow_up_its_answer(api: Api) -> None:
    answers = {f"no-such-question-{number}": "x" for number in range(500)}
    body = {"rubric": "alignment", "responses": [{"answers": answers}] * 10}
    response = await api.client.post("/v1/scores", json=body)
    assert response.status_code == 422
    assert len(response.json()["errors"]) == 500
