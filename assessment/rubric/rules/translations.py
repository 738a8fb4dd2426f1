"""What must hold of a translation: a text for each of the rubric's, no other, and the same figures in each."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.errors import Problem
from assessment.rubric.document import Document, Place
from assessment.rubric.load import RubricSource
from assessment.rubric.rules.figures import compare_figures
from assessment.rubric.rules.wording import unknown
from assessment.rubric.translate import Texts, texts_of
from assessment.rubric.validate import spell

# What the keys under a key are the ids of.
_KINDS = {
    "functions": "function",
    "levels": "level",
    "dimensions": "dimension",
    "questions": "question",
    "options": "option",
    "recommendations": "recommendation",
    "gates": "gate",
    "consistency_checks": "consistency check",
}


def check_translations(source: RubricSource) -> Iterator[Problem]:
    """Every rule for every translation of a rubric."""
    own = source.rubric.head.locale
    originals = texts_of(source.rubric)
    for translation, document in zip(source.rubric.translations, source.translations, strict=True):
        if document.path.stem != translation.locale:
            detail = f"the locale `{translation.locale}` must be the file's name, `{document.path.stem}`"
            yield document.problem(("locale",), "misnamed", detail)
        if translation.locale == own:
            detail = f"`{own}` is the rubric's own language, whose texts stand in its other files"
            yield document.problem(("locale",), "own_locale", detail)
        given = {key: part for key, part in document.data.items() if key != "locale" and part is not None}
        yield from _compare(originals, given, document, ())


def _compare(originals: Texts, given: Texts, document: Document, place: Place) -> Iterator[Problem]:
    for key in originals:
        if key not in given:
            yield document.problem(place, "missing", f"`{spell((*place, key))}` is missing")
    for key, text in given.items():
        here = (*place, key)
        if key not in originals:
            kind = _KINDS.get(str(place[-1]), "key") if place else "key"
            what = f"option of `{place[-2]}` called" if kind == "option" else kind
            code = f"unknown_{kind.replace(' ', '_')}"
            yield document.problem(here, code, unknown(what, key, originals))
            continue
        original = originals[key]
        if isinstance(original, str):
            yield from _check_figures(original, str(text), document, here)
        elif isinstance(text, dict):
            yield from _compare(original, text, document, here)


def _check_figures(original: str, translation: str, document: Document, place: Place) -> Iterator[Problem]:
    missing, added = compare_figures(original, translation)
    told = []
    if missing:
        told.append(f"the original has {_listed(missing)}, which this has not")
    if added:
        told.append(f"this has {_listed(added)}, which the original has not")
    if told:
        yield document.problem(place, "figures_differ", f"the figures of `{spell(place)}` differ: {'; '.join(told)}")


def _listed(figures: list[str]) -> str:
    return " and ".join(f"`{figure}`" for figure in figures)
