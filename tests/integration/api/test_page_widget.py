"""The widget's scripts as partners load them, the page with what to paste, and the document for frames."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import httpx
import pytest

from assessment.pages import build
from assessment.pages.widget import takes_gzip
from assessment.service.partners import create_partner
from tests.integration.api.pages import Page
from tests.integration.api.running import PAGE, Api, client_of

BUILT = Path(__file__).parents[3] / "clients" / "widget" / "dist"
STRICT = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    "content-type": "text/javascript; charset=utf-8",
    "vary": "Accept-Encoding",
}
FRAMED = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors https://widget.example; require-trusted-types-for 'script'"
)


def hashed(name: str) -> str:
    stem, _, end = name.partition(".")
    return f"{stem}.{hashlib.sha256((BUILT / name).read_bytes()).hexdigest()[:16]}.{end}"


@pytest.mark.parametrize("name", ["widget.js", "frame.js"])
@pytest.mark.parametrize("accepted", ["identity", "gzip", "br, gzip;q=0.5"])
async def test_a_script_is_what_was_built(visitor: httpx.AsyncClient, name: str, accepted: str) -> None:
    async with visitor.stream("GET", f"/widget/v1/{name}", headers={"Accept-Encoding": accepted}) as answer:
        sent = b"".join([part async for part in answer.aiter_raw()])
    packed = accepted != "identity"
    assert answer.status_code == 200
    assert {header: answer.headers[header] for header in STRICT} == STRICT
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert int(answer.headers["content-length"]) == len(sent)
    assert (gzip.decompress(sent) if packed else sent) == (BUILT / name).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=3600"


async def test_what_a_hash_names_never_changes_and_may_be_kept(visitor: httpx.AsyncClient) -> None:
    kept = await visitor.get(f"/widget/v1/{hashed('widget.js')}")
    assert kept.status_code == 200
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.content == (BUILT / "widget.js").read_bytes()


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
async def test_a_browser_that_has_it_is_told_so(visitor: httpx.AsyncClient, accepted: str) -> None:
    first = await visitor.get("/widget/v1/widget.js", headers={"Accept-Encoding": accepted})
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{16}(-gzip)?"', tag)
    assert tag.endswith('-gzip"') == (accepted == "gzip")
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await visitor.get("/widget/v1/widget.js", headers={"Accept-Encoding": accepted, "If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["access-control-allow-origin"] == "*"
    assert (await visitor.get("/widget/v1/widget.js", headers={"If-None-Match": '"x"'})).status_code == 200


async def test_head_tells_what_get_would(visitor: httpx.AsyncClient) -> None:
    for path in ("/widget/v1/widget.js", "/widget/v1", "/", "/demo"):
        head, got = await visitor.head(path), await visitor.get(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "cache-control", "etag", "content-security-policy", "vary"):
            assert head.headers.get(name) == got.headers.get(name)


async def test_an_older_version_says_how_to_update(visitor: httpx.AsyncClient) -> None:
    gone = await visitor.get("/widget/v1/widget.0123456789abcdef.js")
    assert (gone.status_code, gone.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert gone.headers["access-control-allow-origin"] == "*"
    assert gone.headers["cache-control"] == "no-cache"
    assert "is not served any more. Take the current lines from http://testserver/widget/v1/" in gone.text


@pytest.mark.parametrize("name", ["other.js", "widget.css", "widget", ".js", "widget.d.ts", "widget.0.map", "..js"])
async def test_there_is_nothing_else(visitor: httpx.AsyncClient, name: str) -> None:
    lost = await visitor.get(f"/widget/v1/{name}")
    assert (lost.status_code, lost.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing here" in lost.text


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("", False),
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.8, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity, deflate", False),
        ("gzipped", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


async def test_the_page_prints_what_to_paste(visitor: httpx.AsyncClient) -> None:
    shown = await visitor.get("/widget/v1/")
    body = (BUILT / "widget.js").read_bytes()
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
    text = Page(shown.text).text
    assert shown.status_code == 200
    assert f'src="http://testserver/widget/v1/{hashed("widget.js")}"' in text
    assert f'integrity="{integrity}" crossorigin="anonymous"' in text
    assert '<script type="module" src="http://testserver/widget/v1/widget.js"></script>' in text
    assert "script-src http://testserver; connect-src http://testserver" in text
    assert f"{len(body):,} unpacked" in text
    assert shown.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "x-robots-tag" not in shown.headers and "noindex" not in shown.text
    assert "script" not in Page(shown.text).tags


async def test_without_a_build_it_says_what_to_run(
    api: Api, visitor: httpx.AsyncClient, link: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "widget_directory", lambda: tmp_path)
    assert "make widget" in (await visitor.get("/widget/v1/")).text
    for name in ("widget.js", hashed("widget.js")):
        missing = await visitor.get(f"/widget/v1/{name}")
        assert (missing.status_code, missing.text) == (
            404,
            "The widget is not built here. In a checkout run: make widget\n",
        )
    start = await visitor.get("/")
    assert start.status_code == 200 and "script" not in Page(start.text).tags
    frame = await visitor.get("/widget/v1/frame", params={"key": api.publishable_key})
    assert (frame.status_code, "make widget" in frame.text) == (404, True)
    form = await visitor.get(link)
    assert "script-src" not in form.headers["content-security-policy"]
    assert {"script", "alignment-assessment"}.isdisjoint(Page(form.text).tags)


async def test_a_frame_is_for_the_origins_of_its_key(api: Api, visitor: httpx.AsyncClient) -> None:
    asked = {"key": api.publishable_key, "rubric": 'a"><script>', "locale": "de", "theme": "dark", "other": "x"}
    shown = await visitor.get("/widget/v1/frame", params=asked, headers={"Sec-Fetch-Dest": "iframe"})
    assert shown.status_code == 200
    assert shown.headers["content-security-policy"] == FRAMED
    assert {name: shown.headers[name] for name in ("cache-control", "referrer-policy", "x-robots-tag")} == {
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex",
    }
    assert f'data-origins="{PAGE}" data-publishable-key="{api.publishable_key}" data-locale="de"' in shown.text
    assert 'data-rubric="a&#34;&gt;&lt;script&gt;" data-theme="dark">' in shown.text
    assert re.findall(r'src="([^"]+)"', shown.text) == [
        f"../../widget/v1/{hashed('widget.js')}",
        f"../../widget/v1/{hashed('frame.js')}",
    ]
    assert "other" not in shown.text and "<script>" not in shown.text


async def test_a_frame_alone_is_refused_politely(api: Api, visitor: httpx.AsyncClient) -> None:
    alone = await visitor.get(
        "/widget/v1/frame", params={"key": api.publishable_key}, headers={"Sec-Fetch-Dest": "document"}
    )
    assert alone.status_code == 403
    assert "This belongs into another page" in alone.text
    assert "frame-ancestors 'none'" in alone.headers["content-security-policy"]


async def test_a_key_that_names_no_page_is_shown_in_no_frame(api: Api, visitor: httpx.AsyncClient) -> None:
    made = (await api.client.post("/v1/keys", json={"kind": "publishable", "origins": [PAGE]})).json()
    await api.client.post(f"/v1/keys/{made['id']}/revoke")
    secret = api.client.headers["authorization"].removeprefix("Bearer ")
    for key in ("", "alm_pk_live_x", secret, made["key"]):
        refused = await visitor.get("/widget/v1/frame", params={"key": key})
        assert refused.status_code == 403
        assert "frame-ancestors 'none'" in refused.headers["content-security-policy"]
        assert "This key does not work" in refused.text
        assert not key or key not in refused.text


async def test_a_key_without_origins_is_for_no_frame(api: Api, visitor: httpx.AsyncClient) -> None:
    nowhere = await create_partner(api.app.state["services"], "Nowhere")
    refused = await visitor.get("/widget/v1/frame", params={"key": nowhere.publishable_key})
    assert refused.status_code == 403
    assert "This key is for no page" in refused.text
    assert "frame-ancestors 'none'" in refused.headers["content-security-policy"]


async def test_guessed_keys_are_counted(api: Api) -> None:
    async with client_of(api.app) as client:
        for query in ("key=a&key=b", "key=%00", "key=" + "x" * 5000, "=", "%ff"):
            assert (await client.get(f"/widget/v1/frame?{query}")).status_code == 403
