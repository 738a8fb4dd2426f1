"""What is measured is what it is said to be: the peers and the pages have the same questions and the same bytes."""

from __future__ import annotations

import importlib
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from assessment.scoring.histogram import Histogram
from assessment.scoring.release import Place, figures_of, place_of
from tests.benchmarks import sample
from tests.benchmarks.forms import first_question, put_static, put_widget
from tests.benchmarks.load import get, post
from tests.benchmarks.pools import any_scores
from tests.benchmarks.standing import require_place
from tests.browser.shop import Shop

QUESTIONS = 32


async def ask(app: Any, path: str) -> list[MutableMapping[str, Any]]:
    """Everything that an ASGI application sends in answer to a GET."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app({"type": "http", "path": path}, receive, send)
    return sent


async def test_the_peer_with_constant_bytes_sends_them_or_says_that_they_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer.json").write_bytes(b'{"a": 1}')
    monkeypatch.setenv("PEER_ANSWER", str(tmp_path / "answer.json"))
    app = importlib.import_module("tests.benchmarks.peers.bare_bytes").app
    start, body = await ask(app, "/")
    assert (start["status"], body["body"]) == (200, b'{"a": 1}')
    assert (b"content-length", b"8") in start["headers"]
    start, body = await ask(app, "/known")
    assert (start["status"], body["body"]) == (304, b"")


def test_the_static_form_asks_every_question_and_offers_every_option() -> None:
    shop = Shop()
    page = put_static(shop)
    text = shop.pages["/static"].decode()
    assert page.url.endswith("/static")
    assert text.count("<fieldset>") == QUESTIONS
    assert text.count("<input ") == sum(len(question.option_ids) for question in sample.rubric().questions)
    assert text.index(first_question()) < text.index("<input ")
    assert "<script" not in text


def test_the_page_of_the_widget_has_nothing_but_the_widget() -> None:
    shop = Shop()
    put_widget(shop, "http://127.0.0.1:1", "alm_pk_test")
    text = shop.pages["/widget"].decode()
    assert re.findall(r"<script[^>]*>", text) == ['<script type="module" src="http://127.0.0.1:1/widget/v1/widget.js">']
    assert f'rubric="{sample.REFERENCE}"' in text


def test_requests_are_the_bytes_that_go_over_the_wire() -> None:
    assert get("/v1/rubrics", "key", '"etag"') == (
        b'GET /v1/rubrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer key\r\nIf-None-Match: "etag"\r\n\r\n'
    )
    assert post("/x", b"{}").endswith(b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")


def test_a_place_that_the_scores_do_not_give_is_refused() -> None:
    scores = any_scores(5000)
    figures = figures_of(Histogram(scores))
    place = place_of(figures, 52.0)

    require_place(figures, 52.0, place, scores)
    with pytest.raises(RuntimeError, match=r"The percentile is 12\.5"):
        require_place(figures, 52.0, Place("middle", 12.5, None), scores)
    with pytest.raises(RuntimeError, match="is right"):
        require_place(figures, 52.0, place, [score / 2 for score in scores])
