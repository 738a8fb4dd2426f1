"""Requests that are small to send and large to take: in size, depth, keys, parts, heads, or time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from random import Random
from typing import NamedTuple

from tests.faults.raw import request
from tests.faults.samples import rubric
from tests.unit.scoring.builders import random_answers

SCORES, BATCH, ASSESSMENTS = "/v1/scores", "/v1/scores/batch", "/v1/assessments"
KIB, MIB = 1024, 1024 * 1024


class Bomb(NamedTuple):
    """What to send. Between pieces there is a `pause`; of `silent` ones nothing is heard or read any more."""

    data: bytes | Iterator[bytes]
    pause: float = 0.0
    silent: bool = False


def _post(path: str, body: bytes, key: str, *headers: bytes) -> bytes:
    return request("POST", path, *headers, body=body, key=key)


def _filled(start: bytes, part: Callable[[int], bytes], end: bytes, size: int) -> bytes:
    """`start`, as many numbered parts with commas between as fit into `size`, and `end`."""
    parts, length, number = [], len(start) + len(end), 0
    while length < size - 40:
        parts.append(part(number))
        length += len(parts[-1]) + 1
        number += 1
    return start + b",".join(parts) + end


def _many_answers(size: int) -> bytes:
    return _filled(b'{"rubric":"alignment","answers":{', lambda n: b'"q%d":0' % n, b"}}", size)


def _items(item: bytes, count: int = 1_000) -> bytes:
    return b'{"items":[' + b",".join([item] * count) + b"]}"


def _complete_batch() -> bytes:
    """A thousand complete sets of answers, no two the same: 1.4 MB to send, and 60 MB to answer."""
    used, chance = rubric("alignment"), Random(14)
    items = [{"rubric": "alignment", "answers": random_answers(used, chance, missing=0.0)} for _ in range(1_000)]
    return json.dumps({"items": items}, separators=(",", ":")).encode()


def _gzipped() -> bytes:
    return gzip.compress(b" " * 64 * MIB, 1)


_GZIPPED = _gzipped()
_DEEP = b"[" * 100_000
_BODIES: dict[str, tuple[str, bytes]] = {
    "a body over the limit": (SCORES, b'{"rubric":"' + b"a" * MIB + b'"}'),
    "a batch over the limit": (BATCH, b'{"items":["' + b"a" * 4 * MIB + b'"]}'),
    "lists never closed": (SCORES, _DEEP),
    "lists closed": (SCORES, _DEEP + b"]" * 100_000),
    "objects never closed": (ASSESSMENTS, b'{"a":' * 50_000),
    "lists in a batch": (BATCH, b'{"items":[' + b"[" * 700_000 + b"]" * 700_000 + b"]}"),
    "unknown fields": (ASSESSMENTS, _filled(b"{", lambda n: b'"%d":0' % n, b"}", 256 * KIB)),
    "one field again and again": (SCORES, _filled(b"{", lambda n: b'"a":0', b"}", 256 * KIB)),
    "every field twice": (SCORES, _filled(b"{", lambda n: b'"%d":0' % (n // 2), b"}", 256 * KIB)),
    "unknown questions": (SCORES, _many_answers(256 * KIB)),
    "unknown options": (
        SCORES,
        _filled(b'{"rubric":"alignment","answers":{"sla-clauses":[', lambda n: b'"o%d"' % n, b"]}}", 256 * KIB),
    ),
    "empty objects": (BATCH, _filled(b'{"items":[', lambda n: b"{}", b"]}", 2 * MIB)),
    "empty lists": (BATCH, _filled(b'{"items":[', lambda n: b"[]", b"]}", 2 * MIB)),
    "empty objects and a double key": (BATCH, _filled(b'{"a":1,"a":1,"items":[', lambda n: b"{}", b"]}", 2 * MIB)),
    "short texts": (BATCH, _filled(b'{"items":[', lambda n: b'"ab"', b"]}", 2 * MIB)),
    "texts with escapes": (BATCH, _filled(b'{"items":[', lambda n: b'"\\u0061b"', b"]}", 2 * MIB)),
    "numbers": (BATCH, _filled(b'{"items":[', lambda n: b"1.5", b"]}", 2 * MIB)),
    "fields in a batch": (BATCH, _filled(b'{"items":[{', lambda n: b'"%d":0' % n, b"}]}", 2 * MIB)),
    "a batch of wrong items": (BATCH, _items(_many_answers(1_900))),
    "a batch of items with unknown fields": (BATCH, _items(_filled(b"{", lambda n: b'"%d":0' % n, b"}", 1_900))),
    "a batch of empty answers": (BATCH, _items(b'{"rubric":"alignment","answers":{}}')),
    "a batch of answers": (BATCH, _items(b'{"rubric":"alignment","answers":{"kpi-set":"one-joint-target"}}')),
    "a batch of complete answers": (BATCH, _complete_batch()),
    "responses without end": (
        SCORES,
        b'{"rubric":"alignment","responses":[' + b",".join([b'{"answers":{}}'] * 17_000) + b"]}",
    ),
    "a number without end": (SCORES, b'{"target_level":' + b"9" * 250_000 + b"}"),
    "an exponent without end": (SCORES, b'{"target_level":1e' + b"9" * 250_000 + b"}"),
    "half surrogates": (SCORES, b'{"rubric":"' + b"\\ud800" * 40_000 + b'"}'),
    "metadata": (ASSESSMENTS, b'{"metadata":' + _filled(b"{", lambda n: b'"%d":""' % n, b"}", 250 * KIB) + b"}"),
    "compressed and said so": (SCORES, _GZIPPED[: 200 * KIB]),
    "white space": (SCORES, b" " * 250 * KIB),
}


def _slow_body(path: str, size: int, key: str) -> Iterator[bytes]:
    whole = _post(path, b'{"rubric":"' + b"a" * size + b'"}', key)
    head, _, body = whole.partition(b"\r\n\r\n")
    return chain([head + b"\r\n\r\n"], (body[place : place + 1] for place in range(len(body))))


def _endless(key: str) -> Iterator[bytes]:
    head = request("POST", SCORES, b"Transfer-Encoding: chunked", b"Content-Type: application/json", key=key)
    return chain([head], repeat(b"8000\r\n" + b" " * 0x8000 + b"\r\n", 2_000))


def _kept(key: str, name: str) -> bytes:
    return _post(BATCH, _BODIES["a batch of complete answers"][1], key, b"Idempotency-Key: " + name.encode())


def _around(name: str, key: str, random: Random) -> Bomb:
    """Bombs that are not in the body."""
    get = request("GET", "/v1/rubrics", b"Connection: keep-alive", key=key)
    made: dict[str, Callable[[], Bomb]] = {
        "a head byte by byte": lambda: Bomb((bytes([byte]) for byte in get * 9), 0.2),
        "a head never finished": lambda: Bomb(get[:-2]),
        "a connection without a byte": lambda: Bomb(b""),
        "a body byte by byte": lambda: Bomb(_slow_body(SCORES, 2_000, key), 0.05),
        "a body never sent": lambda: Bomb(
            request("POST", BATCH, b"Content-Length: 2000000", b"Content-Type: application/json", key=key)
        ),
        "a body never finished": lambda: Bomb(
            request("POST", BATCH, b"Content-Length: 2000000", body=b" " * 1_900_000, key=key)
        ),
        "a body announced as ten gigabytes": lambda: Bomb(
            request("POST", SCORES, b"Content-Length: 10000000000", body=b"{}", key=key)
        ),
        "a body without end": lambda: Bomb(_endless(key)),
        "a body nobody asked for": lambda: Bomb(request("POST", SCORES, body=b" " * 4 * MIB)),
        "a body that is compressed": lambda: Bomb(
            request("POST", SCORES, b"Content-Encoding: gzip", body=_GZIPPED[: 200 * KIB], key=key)
        ),
        "a long address": lambda: Bomb(request("GET", "/v1/" + "a" * MIB, key=key)),
        "a long query": lambda: Bomb(request("GET", ASSESSMENTS + "?" + "&".join(["a=%41"] * 6_000), key=key)),
        "a long header": lambda: Bomb(request("GET", "/health", b"X: " + b"a" * 4 * MIB)),
        "many headers": lambda: Bomb(request("GET", "/health", *[b"X-%d: y" % n for n in range(20_000)])),
        "a header without end": lambda: Bomb(chain([b"GET / HTTP/1.1\r\nX: "], repeat(b"a" * 65_536, 1_000))),
        "requests ahead of their answers": lambda: Bomb(request("GET", "/health", b"Connection: keep-alive") * 20_000),
        "answers that nobody takes": lambda: Bomb(get * 12, silent=True),
        "a kept batch": lambda: Bomb(_kept(key, random.randbytes(8).hex())),
        "a kept batch again": lambda: Bomb(_kept(key, "again")),
        "a kept batch that nobody takes": lambda: Bomb(_kept(key, random.randbytes(8).hex()), silent=True),
        "a kept batch again that nobody takes": lambda: Bomb(_kept(key, "again"), silent=True),
        "a batch that nobody takes": lambda: Bomb(_post(BATCH, _BODIES["a batch of answers"][1], key), silent=True),
    }
    return made[name]()


_AROUND = (
    "a head byte by byte",
    "a head never finished",
    "a connection without a byte",
    "a body byte by byte",
    "a body never sent",
    "a body never finished",
    "a body announced as ten gigabytes",
    "a body without end",
    "a body nobody asked for",
    "a body that is compressed",
    "a long address",
    "a long query",
    "a long header",
    "many headers",
    "a header without end",
    "requests ahead of their answers",
    "answers that nobody takes",
    "a batch that nobody takes",
    "a kept batch",
    "a kept batch again",
    "a kept batch that nobody takes",
    "a kept batch again that nobody takes",
)
NAMES = (*_BODIES, *_AROUND)


def bombs(count: int, keys: list[str], seed: int) -> Iterator[tuple[str, Bomb]]:
    """`count` bombs of every kind in turn, each with one of the keys, in an order that the seed gives."""
    random = Random(seed)
    names: list[str] = []
    for _ in range(count):
        if not names:
            names = random.sample(NAMES, len(NAMES))
        name = names.pop()
        key = random.choice(keys)
        if name in _BODIES:
            path, body = _BODIES[name]
            yield name, Bomb(_post(path, body, key))
        else:
            yield name, _around(name, key, random)
