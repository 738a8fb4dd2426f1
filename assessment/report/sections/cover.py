"""The first page: whose result it is, of when, and what it comes to."""

from __future__ import annotations

from assessment.report.document import Cover, Fact, Run, Text
from assessment.report.words import join
from assessment.report.writer import Writer, clean
from assessment.scoring.result import Result


def write_cover(writer: Writer) -> Cover:
    words, source = writer.words, writer.source
    head, name = source.texts.head, clean(source.organisation or "")
    version = words.text("cover.version", version=head.version)
    if source.completed_at is not None:
        version = join(version, " · ", words.text("cover.completed", date=words.date(source.completed_at)))
    level = _level(writer)
    return Cover(
        kicker=words.say("cover.kicker"),
        organisation=(Run(name, style="name"),) if name else None,
        title=(writer.own(head.title),),
        subtitle=version,
        verdict=verdict_of(writer),
        figures=tuple(_figures(writer)),
        summary=(writer.own(head.summary if level is None else writer.levels[level].summary),),
        facts=tuple(_facts(writer)),
    )


def verdict_of(writer: Writer) -> Text:
    """The result in a line."""
    result, words = writer.result, writer.words
    level = _level(writer)
    if level is not None and result.score is not None:
        name = writer.own(writer.level(level), "strong")
        return words.text(
            "cover.verdict",
            level=str(level),
            highest=str(len(writer.levels)),
            name=name,
            score=Run(words.score(result.score), style="strong"),
        )
    return words.text("cover.beside" if not writer.source.rubric.has_levels else "cover.no_rating")


def _level(writer: Writer) -> int | None:
    rating = writer.result.rating
    return None if rating is None else rating.level


def _figures(writer: Writer) -> list[Fact]:
    result, words, level = writer.result, writer.words, _level(writer)
    if level is None or result.score is None:
        return []
    figures = [
        Fact(
            words.text("cover.level", highest=str(len(writer.levels))),
            (writer.own(f"{level} {writer.level(level)}"),),
        ),
        Fact(words.text("cover.score"), join(words.score(result.score))),
    ]
    if result.bounds is not None and result.bounds.lower < result.bounds.upper:
        ends = f"{words.score(result.bounds.lower)} – {words.score(result.bounds.upper)}"
        figures.append(Fact(words.text("cover.bounds"), join(ends)))
    return figures


def _facts(writer: Writer) -> list[Fact]:
    result, words = writer.result, writer.words
    answered = sum(question.state == "answered" for question in result.questions)
    facts = [
        Fact(words.text("cover.answered_by"), _respondents(writer, result)),
        Fact(
            words.text("cover.answered"),
            words.text(
                "cover.answered_value",
                answered=words.number(answered),
                all=words.number(len(result.questions)),
                share=words.percent(result.completeness),
            ),
        ),
    ]
    if result.target is not None:
        reached = {True: "reached", False: "not_reached", None: "no_rating"}[result.target.reached]
        target = words.text(
            f"cover.target_{reached}",
            level=str(result.target.level),
            name=writer.own(writer.level(result.target.level)),
        )
        facts.append(Fact(words.text("cover.target"), target))
    return facts


def _respondents(writer: Writer, result: Result) -> Text:
    words = writer.words
    if not result.respondents:
        return words.text("cover.no_function")
    runs: Text = ()
    for one in result.respondents:
        count = words.counted(
            "cover.respondents",
            one.respondents,
            function=writer.own(writer.function(one.function)),
            number=words.number(one.respondents),
        )
        runs = join(runs, words.apart if runs else (), count)
    return runs
