"""Origins that a publishable key does not list: what is like a listed one, and what only looks like its absence."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence

SAME = b"Sec-Fetch-Site: same-origin"


def own_host(port: int) -> bytes:
    """The header that a page of the service's own address has its browser send."""
    return b"Host: 127.0.0.1:%d" % port


def hostile_origins(pages: Sequence[str], count: int, chance: random.Random) -> list[bytes]:
    """What is like a listed origin, in ways that comparisons have been fooled with, and what is nothing like one."""
    found = [
        b"null", b"", b"*", b"file://", b"about:blank", b"data:", b"https://", b"//widget.example", b"widget.example",
        b"https://attacker.example", b"http://localhost", b"http://127.0.0.1:3000", b"http://[::1]:3000",
        b"http://0.0.0.0:3000", b"http://localhost:3001", b"http://localhost.:3000", b"https://localhost:3000",
        ", ".join(pages).encode(), " ".join(pages).encode(), b"https://widget.example, https://attacker.example",
        b"https://shop.example", b"https://widget.example:8443", b"https://shop.example:84430", b"https://xn--wdget",
        "https://wıdget.example".encode(), "https://widget。example".encode(), "https://widget.examplе".encode(),
    ]  # fmt: skip
    for origin in (page.encode() for page in pages):
        scheme, _, host = origin.partition(b"://")
        found += [
            origin + ending
            for ending in (
                b".attacker.example",
                b"attacker.example",
                b"@attacker.example",
                b"%00.attacker.example",
                b"/",
                b"//",
                b"/.attacker.example",
                b"?",
                b"#",
                b"\\.attacker.example",
                b":443",
                b":80",
                b":0",
                b":",
                b".",
                b"%2f",
                b";attacker.example",
                b",attacker.example",
                b"x",
                b"_.attacker.example",
                b"&.attacker.example",
                b"%20",
                b"\xa0",
                b"\xe2\x80\x8b",
            )
        ]
        found += [
            scheme + b"://" + before + host
            for before in (
                b"a",
                b"a.",
                b"-",
                b"user@",
                b"user:pw@",
                b"attacker.example/",
                b"attacker.example?",
                b"/",
                b"attacker.example#",
                b"attacker.example\\",
                b"%40",
                b"*.",
            )
        ]
        found += [origin.upper(), scheme.upper() + b"://" + host, scheme + b"://" + host.title()]
        found += [scheme + b":" + host, scheme + b":/" + host, scheme + b"::/" + host, scheme + b"s://" + host]
        found += [b"ftp://" + host, b"wss://" + host, b"chrome-extension://" + host, b"javascript://" + host]
    listed = {page.encode() for page in pages}
    found = [origin for origin in dict.fromkeys(found) if origin not in listed][:count]
    seen = set(found)
    while len(found) < count:
        other = changed(chance.choice(pages), chance).encode()
        if other not in seen | listed:
            found.append(other)
            seen.add(other)
    return found


def missing_origins(port: int) -> tuple[tuple[bytes, ...], ...]:
    """Headers of requests that name no origin, or hardly, and are not those of a page that reads from its own address,
    which is 127.0.0.1 with this port."""
    host, same = own_host(port), SAME
    return (
        (host,),
        *((host, b"Sec-Fetch-Site: " + site) for site in (b"same-site", b"cross-site", b"none", b"", b"SAME-ORIGIN")),
        (host, b"Sec-Fetch-Site: cross-site", same),
        (host, same, same),
        (host, same, b"Sec-Fetch-Site: cross-site"),
        (host, b"Sec-Fetch-Site: same-origin, cross-site"),
        (host, b"Sec-Fetch-Site: same-origin; x=y"),
        (host, b"Sec_Fetch_Site: same-origin"),
        (host, same, b"Origin: null"),
        (host, same, b"Origin:"),
        (host, same, b"Origin: https://attacker.example"),
        (host, same, b"X-Forwarded-Proto: https"),
        *(
            (b"Host: " + name, same)
            for name in (
                b"attacker.example",
                b"attacker.example:%d" % port,
                b"localhost.attacker.example:%d" % port,
                b"127.0.0.1.attacker.example:%d" % port,
                b"localhost.:%d" % port,
                b"LOCALHOST:%d" % port,
                b"0.0.0.0:%d" % port,
                b"127.0.0.2:%d" % port,
                b"[::]:%d" % port,
                b"[::ffff:127.0.0.1]:%d" % port,
                b"2130706433:%d" % port,
                b"127.0.0.1.:%d" % port,
                b"127.1:%d" % port,
                b"user@127.0.0.1:%d" % port,
                b"127.0.0.1:%d.attacker.example" % port,
                b"127.0.0.1:%d/" % port,
                b"127.0.0.1:0%d" % port,
                b"",
            )
        ),
        (b"Host: attacker.example", host, same),
        (host, b"Host: attacker.example", same),
        (b"Host: attacker.example", b"X-Forwarded-Host: 127.0.0.1:%d" % port, same),
        (b"Host: attacker.example", b"Forwarded: host=127.0.0.1:%d" % port, same),
    )


def own_pages(port: int) -> tuple[tuple[bytes, bytes], ...]:
    """Host and origin of requests of the service's own pages, on this machine and with no public URL set."""
    names = (b"127.0.0.1:%d" % port, b"localhost:%d" % port, b"[::1]:%d" % port, b"localhost:1")
    return tuple((b"Host: " + name, b"Origin: http://" + name) for name in names)


def rebound(port: int) -> tuple[tuple[bytes, ...], ...]:
    """Headers of requests whose origin is their Host and still not the service's own, as a page of a stranger sends
    whose name was pointed at this address; and of those of this machine whose origin is not their Host."""
    own = b"127.0.0.1:%d" % port
    names = (
        b"attacker.example", b"attacker.example:%d" % port, b"localhost.attacker.example:%d" % port,
        b"127.0.0.1.attacker.example:%d" % port, b"localhost.:%d" % port, b"LOCALHOST:%d" % port, b"0.0.0.0:%d" % port,
        b"127.0.0.2:%d" % port, b"127.1:%d" % port, b"[::]:%d" % port, b"[::ffff:127.0.0.1]:%d" % port,
        b"[0:0:0:0:0:0:0:1]:%d" % port, b"2130706433:%d" % port, b"127.0.0.1:0%d" % port, b"10.0.0.5:%d" % port,
        b"user@127.0.0.1:%d" % port, b"127.0.0.1:%d/" % port, b"127.0.0.1:%d#" % port, b"127.0.0.1:", b"",
    )  # fmt: skip
    same = [(b"Host: " + name, b"Origin: http://" + name) for name in names]
    host, origin = b"Host: " + own, b"Origin: http://" + own
    return (
        *same,
        (host, b"Origin: https://" + own),
        (host, b"Origin: http://127.0.0.1"),
        (host, b"Origin: http://127.0.0.1:1"),
        (host, b"Origin: http://localhost:%d" % port),
        (host, b"Origin: http://[::1]:%d" % port),
        (host, origin + b"/"),
        (host, origin + b".attacker.example"),
        (host, origin, origin),
        (host, origin, b"Origin: null"),
        (host, host, origin),
        (host, b"Host: attacker.example", origin),
        (b"Host: attacker.example", origin),
        (b"Host: attacker.example", b"X-Forwarded-Host: " + own, origin),
        (b"Host: attacker.example", b"Forwarded: host=" + own, origin),
        (host, origin, b"X-Forwarded-Proto: https"),
    )


def changed(text: str, chance: random.Random) -> str:
    """The text with one character changed."""
    place = chance.randrange(len(text))
    other = chance.choice([one for one in string.ascii_letters + string.digits if one != text[place]])
    return text[:place] + other + text[place + 1 :]
