"""Level and score: where it stands on the scale, and how firm it is."""

from __future__ import annotations

from assessment.report.charts.frame import NARROW, WIDE
from assessment.report.charts.gauge import Band, Range, draw_gauge
from assessment.report.document import Figure, Paragraph, Section, Text
from assessment.report.sections.cover import verdict_of
from assessment.report.words import join
from assessment.report.writer import Writer

_REASONS = {"nothing_answered", "core_dimension_unscored", "no_dimension_scored"}


def write_score(writer: Writer) -> Section | None:
    if not writer.source.rubric.has_levels:
        return None
    words, result = writer.words, writer.result
    texts: list[Text] = [verdict_of(writer)]
    if result.score is None and result.reason in _REASONS:
        texts.append(words.text(f"score.{result.reason}"))
    texts += [*_capped(writer), *_bounds(writer), *_stability(writer)]
    if result.single_perspective:
        texts.append(words.text("score.single_perspective"))
    first, *rest = texts
    paragraphs = [Paragraph(first, "lead"), *(Paragraph(text) for text in rest)]
    figures = [] if result.bounds is None else [_gauge(writer)]
    return Section("score", words.text("score.title"), (paragraphs[0], *figures, *paragraphs[1:]))


def _capped(writer: Writer) -> list[Text]:
    rating = writer.result.rating
    if rating is None or rating.level == rating.level_by_score:
        return []
    by_score, level = (writer.own(f"{one} ({writer.level(one)})") for one in (rating.level_by_score, rating.level))
    return [writer.words.text("score.capped", by_score=by_score, level=level)]


def _bounds(writer: Writer) -> list[Text]:
    words, bounds = writer.words, writer.result.bounds
    if bounds is None:
        return []
    if bounds.lower == bounds.upper:
        return [words.text("score.complete")]
    ends = {"low": words.score(bounds.lower), "high": words.score(bounds.upper)}
    if writer.result.rating is None:
        return [words.text("score.open_without_rating", **ends)]
    if bounds.firm:
        return [words.text("score.firm", **ends)]
    levels = words.any_of(f"{number} ({writer.level(number)})" for number in bounds.levels)
    return [words.text("score.open", levels=writer.own(levels), **ends)]


def _stability(writer: Writer) -> list[Text]:
    words, stability = writer.words, writer.result.stability
    if stability is None:
        return []
    texts = [
        words.counted(
            "score.stability",
            stability.agreeing,
            agreeing=words.number(stability.agreeing),
            scenarios=words.number(stability.scenarios),
            low=words.score(stability.lowest),
            high=words.score(stability.highest),
        )
    ]
    one = stability.leave_one_out
    if one is not None:
        texts.append(
            words.text(
                "score.leave_one_out",
                low=words.score(one.lowest),
                high=words.score(one.highest),
                lowest=writer.own(writer.question(one.lowest_without)),
                highest=writer.own(writer.question(one.highest_without)),
            )
        )
    if writer.result.equal_weights_score is not None:
        texts.append(words.text("score.equal_weights", score=words.score(writer.result.equal_weights_score)))
    return texts


def bands_of(writer: Writer) -> list[Band]:
    """The levels on the scale of scores."""
    return [Band(str(one.number), one.name, 100 * one.from_) for one in writer.source.texts.head.levels]


def _gauge(writer: Writer) -> Figure:
    words, result = writer.words, writer.result
    bands = bands_of(writer)
    ranges = []
    if result.bounds is not None and result.bounds.lower < result.bounds.upper:
        ranges.append(("score.range_bounds", result.bounds.lower, result.bounds.upper))
    if result.stability is not None:
        ranges.append(("score.range_stability", result.stability.lowest, result.stability.highest))
        one = result.stability.leave_one_out
        if one is not None:
            ranges.append(("score.range_leave_one_out", one.lowest, one.highest))
    drawn = [
        Range(words.say(key, low=words.score(low), high=words.score(high)), low, high) for key, low, high in ranges
    ]
    score = "" if result.score is None else words.score(result.score)
    levels = words.apart.join(
        words.say("score.alt_level", level=band.number, name=band.name, start=words.number(band.start))
        for band in bands
    )
    title = words.say("score.figure")
    at = words.say("score.alt_no_score") if result.score is None else words.say("score.alt_score", score=score)
    alt = " ".join([at, f"{levels}.", *(f"{one.label}." for one in drawn)])
    awarded, caption = None, words.text("score.caption")
    if result.rating is not None:
        awarded, caption = result.rating.level - 1, join(words.text("score.caption_awarded"), " ", caption)
    wide, narrow = (
        draw_gauge(width, bands, result.score, score, drawn, awarded=awarded, title=title, describe=alt)
        for width in (WIDE, NARROW)
    )
    return Figure("figure-score", wide, narrow, alt, caption)
