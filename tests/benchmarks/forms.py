"""Pages with the same questionnaire, as different ways to ask it: our widget, a static form, SurveyJS's library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

from assessment.rubric.question import Kind, Question
from tests.benchmarks import sample
from tests.benchmarks.node import packages
from tests.browser.shop import Shop

_HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A partner</title>'
_PHONES = '<meta name="viewport" content="width=device-width">'
_STYLE = (
    "<style>body { font: 1rem/1.5 sans-serif; max-width: 40rem; margin: auto } fieldset { margin: 2rem 0 } "
    "label { display: block }</style>"
)


@dataclass(frozen=True)
class Page:
    """Where a page is, and JavaScript for the element that holds its first question's title, or null."""

    url: str
    title: str


def first_question() -> str:
    return sample.rubric().source.questions[0].title


def put_widget(shop: Shop, service: str, key: str) -> Page:
    """The widget on an otherwise empty page, with everything known that its first page would ask for."""
    body = (
        f'{_HEAD}{_PHONES}<script type="module" src="{service}/widget/v1/widget.js"></script></head><body>'
        f'<alignment-assessment publishable-key="{key}" rubric="{sample.REFERENCE}" organisation="Northwind Traders">'
        "</alignment-assessment></body></html>"
    )
    shop.put("/widget", body)
    # Nobody has to read the first page of the widget here: it goes on to the question as soon as it could be shown.
    element = "document.querySelector('alignment-assessment')"
    start = f"{element}?.state === 'intro' && {element}.start()"
    return Page(f"{shop.url}/widget", f"({start}, {element}?.shadowRoot?.querySelector('legend'))")


def put_static(shop: Shop) -> Page:
    """Every question in one form, without a script."""
    fields = "".join(_fieldset(question) for question in sample.rubric().source.questions)
    shop.put("/static", f'{_HEAD}{_PHONES}{_STYLE}</head><body><form method="post">{fields}</form></body></html>')
    return Page(f"{shop.url}/static", "document.querySelector('legend')")


def _fieldset(question: Question) -> str:
    kind = "checkbox" if question.kind is Kind.MULTIPLE else "radio"
    options = "".join(
        f'<label><input type="{kind}" name="{question.id}" value="{option.id}"> {escape(option.title)}</label>'
        for option in question.options
    )
    return f"<fieldset><legend>{escape(question.title)}</legend><p>{escape(question.help)}</p>{options}</fieldset>"


def put_surveyjs(shop: Shop) -> Page:
    """SurveyJS's form library as its documentation puts it into a page, with one question at a time, as ours."""
    modules = packages("form") / "node_modules"
    files = ("survey-core/survey.core.min.js", "survey-js-ui/survey-js-ui.min.js", "survey-core/survey-core.min.css")
    for file in files:
        kind = "text/css" if file.endswith(".css") else "text/javascript"
        shop.put(f"/{file}", (modules / file).read_text(), kind=kind)
    model = {
        "questionsOnPageMode": "questionPerPage",
        "elements": [_element(q) for q in sample.rubric().source.questions],
    }
    shop.put("/model.js", f"new Survey.Model({json.dumps(model)}).render(document.getElementById('survey'));",
             kind="text/javascript")  # fmt: skip
    core, ui, style = files
    body = (
        f'{_HEAD}{_PHONES}<link rel="stylesheet" href="/{style}"><script src="/{core}"></script><script src="/{ui}">'
        '</script></head><body><div id="survey"></div><script src="/model.js"></script></body></html>'
    )
    shop.put("/surveyjs", body)
    return Page(f"{shop.url}/surveyjs", "document.querySelector('.sd-question__title, .sd-element__title')")


def _element(question: Question) -> dict[str, object]:
    return {
        "type": "checkbox" if question.kind is Kind.MULTIPLE else "radiogroup",
        "name": question.id,
        "title": question.title,
        "description": question.help,
        "choices": [{"value": option.id, "text": option.title} for option in question.options],
    }
