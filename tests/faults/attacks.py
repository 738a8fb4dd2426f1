"""Attacks as raw bytes: the examples of the contract, broken in every way that parsers are known to mind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import msgspec

from tests.faults.raw import request

BODIES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"null",
    b"true",
    b"0",
    b"-0",
    b'""',
    b"[]",
    b"{}",
    b"{",
    b"[",
    b'{"',
    b'{"a"',
    b'{"a":',
    b'{"a":1,',
    b'{"a":1}x',
    b"{}{}",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"\x00",
    b'{"\xff":1}',
    b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xc0\x80"}',
    b'{"a":"\\ud800"}',
    b'{"a":"\\udfff\\ud800"}',
    b'{"a":"\\u0000"}',
    b'{"\\u0000":1}',
    b'{"a":1,"a":2}',
    b'{"a":1,"\\u0061":2}',
    b'{"__proto__":{"x":1}}',
    b'{"rubric":{"$ne":null}}',
    b'{"rubric":"alignment\' OR 1=1 --","answers":{}}',
    b'{"rubric":"../../etc/passwd","answers":{}}',
    b'{"rubric":"alignment@","answers":{}}',
    b'{"rubric":"@","answers":{}}',
    b'{"rubric":"%s%n{0}${x}","answers":{}}',
    b'{"rubric":"alignment","answers":{"kpi-set":NaN}}',
    b'{"rubric":"alignment","answers":{"kpi-set":1e400}}',
    b'{"rubric":"alignment","answers":{"kpi-set":-1e-400}}',
    b'{"rubric":"alignment","answers":{"kpi-set":' + b"9" * 5_000 + b"}}",
    b'{"rubric":"alignment","answers":{},"target_level":1.0}',
    b'{"rubric":"alignment","answers":{},"target_level":9223372036854775808}',
    b'{"rubric":"alignment","answers":{},"target_level":true}',
    b"[" * 40 + b"]" * 40,
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b'{"a":"' + b"\\" * 50_001,
    b"\xc3\x28",
    b"a=1&b=2",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
)

HEADERS: tuple[bytes, ...] = (
    b"Content-Type: text/plain",
    b"Content-Type: application/json; charset=utf-7",
    b"Content-Type: application/json\xff",
    b"Content-Type:",
    b"Content-Encoding: gzip",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: \x0bchunked",
    b"Transfer-Encoding : chunked",
    b"Content-Length: 0x10",
    b"Content-Length: 5, 5",
    b"Content-Length: +5",
    b"Content-Length: 99999999999999999999999999",
    b"Content-Length: -1",
    b"Expect: 100-continue",
    b"Expect: nonsense",
    b"Host: ",
    b"Host: a b",
    b"Host: \xff\xfe",
    b"Host: [::1",
    b"Host: trial:99999999",
    b"Authorization: Bearer",
    b"Authorization: Bearer alm_sk_live_" + b"0" * 33,
    b"Authorization: Basic AAAA",
    b"Authorization: Bearer \xff\xff",
    b"Authorization: Bearer " + b"a" * 20_000,
    b"Idempotency-Key: ",
    b'Idempotency-Key: "',
    b'Idempotency-Key: "\xff"',
    b"Idempotency-Key: " + b"k" * 5_000,
    b"If-Match: ",
    b"If-Match: *",
    b'If-Match: "',
    b'If-None-Match: W/"',
    b"If-None-Match: \xff",
    b"X-Request-Id: \xff",
    b"X-Request-Id: " + b"a" * 1_000,
    b"X-Forwarded-For: " + b"1.1.1.1, " * 500,
    b"X-Forwarded-For: \xff, ::::, [",
    b"X-Forwarded-Proto: gopher",
    b"X-HTTP-Method-Override: DELETE",
    b"Accept: application/xml;q=\xff",
    b"Accept-Encoding: " + b"a," * 2_000,
    b"Cookie: " + b"a=b; " * 2_000,
    b"Origin: null",
    b"Origin: https://\xff",
    b"Origin: https://a.example\r\nOrigin: https://b.example",
    b"Access-Control-Request-Method: \xff",
    b"Range: bytes=0-18446744073709551615",
    b"Upgrade: websocket\r\nConnection: upgrade",
    b"Connection: close, keep-alive, \xff",
    b"Traceparent: 00-\xff-\xff-01",
    b" folded: x",
    b"No colon",
    b"A\x00B: x",
    b": empty",
)

PATHS: tuple[bytes, ...] = (
    b"/",
    b"//",
    b"/v1",
    b"/v1/",
    b"/v1//rubrics",
    b"/v1/rubrics/",
    b"/v1/rubrics/%00",
    b"/v1/rubrics/%ff%fe",
    b"/v1/rubrics/%C0%AE%C0%AE",
    b"/v1/rubrics/..%2f..%2fetc%2fpasswd",
    b"/v1/rubrics/../../etc/passwd",
    b"/v1/rubrics/%",
    b"/v1/rubrics/%zz",
    b"/v1/rubrics/alignment/%0d%0aX:%20y",
    b"/v1/rubrics/" + b"a" * 5_000,
    b"/v1/rubrics?x[]=1",
    b"/v1/rubrics?" + b"a=1&" * 1_000,
    b"/v1/assessments?limit=%",
    b"/v1/assessments?limit=%ff",
    b"/v1/assessments?limit=1e1",
    b"/v1/assessments?limit=-1",
    b"/v1/assessments?limit=" + b"9" * 5_000,
    b"/v1/assessments?cursor=%00",
    b"/v1/assessments?cursor=AAAA",
    b"/v1/assessments?cursor=" + b"A" * 5_000,
    b"/v1/assessments?created_after=9999-12-31T23:59:59-23:59",
    b"/v1/assessments?created_after=0001-01-01T00:00:00%2B23:59",
    b"/v1/assessments?organisation=org_00000000000000000000000000",
    b"/v1/assessments?organisation=org_zzzzzzzzzzzzzzzzzzzzzzzzzz",
    b"/v1/assessments?status=&rubric=&external_id=",
    b"/v1/assessments?&&=&;",
    b"/v1/assessments/asmt_7zzzzzzzzzzzzzzzzzzzzzzzzz",
    b"/v1/assessments/asmt_zzzzzzzzzzzzzzzzzzzzzzzzzz",
    b"/v1/assessments/asmt_01K9ZQF3V8E3RB4M5N6P7Q8R9S",
    b"/v1/assessments/%F0%9F%92%A3",
    b"/v1/assessments/{assessment_id}",
    b"/docs/..%2f..%2fapp.py",
    b"/docs/%2e%2e/%2e%2e/app.py",
    b"/docs/docs.js%00",
    b"/take/",
    b"/take/%00",
    b"/take/%ff%fe",
    b"/take/..%2f..%2fapp.py",
    b"/take/%0d%0aX:%20y",
    b"/take/" + b"a" * 5_000,
    b"/take/alm_inv_000000000000000000000000000000000",
    b"/r/",
    b"/r/%00",
    b"/r/%ff%fe/report.pdf",
    b"/r/..%2f..%2fapp.py",
    b"/r/" + b"a" * 5_000,
    b"/r/alm_share_0000000000000000000000000000/report.pdf?locale=%ff&locale=",
    b"/pages/..%2f..%2freport%2fhtml.py",
    b"/pages/..%2ftemplates%2ftake.html",
    b"/?locale=%ff&rubric=%00",
    b"/?" + b"&" * 500,
    b"/widget/v1/",
    b"/widget/v1/..%2f..%2fpackage.json",
    b"/widget/v1/widget.%00.js",
    b"/widget/v1/widget." + b"a" * 5_000 + b".js",
    b"/widget/v1/frame?key=%ff&key=a&rubric=%22%3E%3Cscript%3E",
    b"/widget/v1/frame?key=alm_pk_live_000000000000000000000000000000000",
    b"/demo/",
    b"http://other.example/v1/rubrics",
    b"http://[::1/v1/rubrics",
    b"*",
    b"/v1/rubrics#fragment",
    b"/v1/\xc3\xa9",
    b"/v1/rubrics\\alignment",
    b"/v1/rubrics;a=b",
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "CONNECT", "get", "G\xc9T")
_TOKENS = (
    b"\x00",
    b"\xff",
    b"\r\n",
    b"\n",
    b"\r",
    b'"',
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"[",
    b"]",
    b"}",
    b",",
    b"%",
)

Base = tuple[str, str, bytes]


def bases(contract: Mapping[str, Any]) -> list[Base]:
    """Method, address and body of an example of each operation."""
    found = []
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            names = {
                p["name"]: str(p.get("example", "x")) for p in operation.get("parameters", ()) if p["in"] == "path"
            }
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            body = msgspec.json.encode(content["example"]) if "example" in content else b""
            address = path.format(**names)
            found.append((method.upper(), address, body))
    return found


def attacks(contract: Mapping[str, Any], keys: list[str | None], seed: int) -> Iterator[bytes]:
    """Attacks without end: every one of the lists at first, then examples that are broken at random."""
    random = Random(seed)
    examples = bases(contract)
    writing = [(method, path) for method, path, body in examples if body]
    for body in BODIES:
        for method, path in writing:
            yield request(method, path, body=body, key=random.choice(keys))
    for header in HEADERS:
        method, path, body = random.choice(examples)
        yield request(method, path, header, body=body, key=None if header[:13] == b"Authorization" else keys[0])
    for address in PATHS:
        for method in ("GET", "POST"):
            yield request(method, address, body=b"{}" if method == "POST" else b"", key=random.choice(keys))
    for method in METHODS:
        for _, path, _ in examples:
            yield request(method, path, key=random.choice(keys))
    while True:
        method, path, body = random.choice(examples)
        extra = [random.choice(HEADERS)] if random.random() < 0.2 else []
        whole = request(method, path, *extra, body=_broken(random, body), key=random.choice(keys))
        yield _broken(random, whole) if random.random() < 0.5 else whole


def _broken(random: Random, data: bytes) -> bytes:
    """`data` with a few bytes changed, put in, taken out, doubled, or all of it cut off somewhere."""
    made = bytearray(data)
    for _ in range(random.randint(0, 3)):
        place = random.randrange(len(made) + 1)
        match random.randrange(6):
            case 0:
                made[place : place + 1] = bytes([random.randrange(256)])
            case 1:
                made[place:place] = random.choice(_TOKENS)
            case 2:
                del made[place : place + random.randint(1, 20)]
            case 3:
                made[place:place] = made[place : place + random.randint(1, 200)]
            case 4:
                made[place:place] = random.choice(_TOKENS) * random.randint(1, 300)
            case _ if random.random() < 0.3:
                del made[place:]
    return bytes(made)
