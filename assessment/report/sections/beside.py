"""A rubric without levels: each answer beside the study that asked the same, option by option."""

from __future__ import annotations

from assessment.report.charts.frame import NARROW, WIDE, Key
from assessment.report.charts.position import Share, draw_shares
from assessment.report.charts.svg import OWN, RAMP
from assessment.report.document import Block, Figure, Paragraph, Part, Section, Text
from assessment.report.sections.positions import source_of
from assessment.report.words import join
from assessment.report.writer import Writer
from assessment.scoring.result import QuestionBenchmark, QuestionResult


def write_beside(writer: Writer) -> Section | None:
    words = writer.words
    if writer.source.rubric.has_levels:
        return None
    blocks: list[Block] = [Paragraph(words.text("beside.intro"), "lead")]
    position = writer.result.benchmark_position
    if position is not None:
        mean = words.counted(
            "positions.intro",
            position.answers,
            answers=words.number(position.answers),
            mean=words.percent(position.mean_ridit),
        )
        blocks.append(Paragraph(mean))
    blocks += [_question(writer, question) for question in writer.result.questions]
    return Section("beside", words.text("beside.title"), tuple(blocks))


def _question(writer: Writer, question: QuestionResult) -> Part:
    words = writer.words
    blocks: list[Paragraph | Figure] = []
    if question.state != "answered":
        blocks.append(Paragraph(words.text(f"page.{question.state}")))
    else:
        blocks.append(Paragraph(words.text("beside.given", answer=_chosen(writer, question))))
        blocks += [_figure(writer, question, one, at) for at, one in enumerate(question.benchmarks, start=1)]
        for one in question.benchmarks:
            blocks += [Paragraph(said) for said in _said(writer, one, several=len(question.chosen) > 1)]
        if question.known is not None:
            blocks.append(Paragraph((writer.authored(question.known),)))
    if question.wording is not None:
        blocks.append(Paragraph(words.text(f"beside.wording_{question.wording}"), "note"))
    if question.judgement is not None:
        blocks.append(Paragraph(words.text("page.judgement", text=writer.authored(question.judgement)), "note"))
    return Part(f"question-{question.id}", (writer.own(writer.question(question.id)),), tuple(blocks))


def _chosen(writer: Writer, question: QuestionResult) -> Text:
    words = writer.words
    if question.withheld and not question.chosen:
        return words.text("beside.withheld")
    if not question.chosen:
        return words.text("beside.none_chosen")
    text: Text = ()
    for one in question.chosen:
        share = "" if one.share == 1 else f" ({words.percent(one.share)})"
        text = join(text, words.apart if text else (), writer.own(writer.option(question.id, one.option)), share)
    return text


def _said(writer: Writer, one: QuestionBenchmark, *, several: bool) -> list[Text]:
    """The share that answered the same, and the position, where there are."""
    words, said = writer.words, []
    who = () if one.function is None else words.text("beside.of", function=writer.own(writer.function(one.function)))
    rough = "≈\u00a0" if one.approximate or one.derived else ""
    same = "beside.same_mean" if several else "beside.same"
    for key, share, interval in ((same, one.same, one.same_interval), ("beside.position", one.ridit, one.interval)):
        if share is not None:
            between = "" if interval is None else f" ({words.percent_range(interval)})"
            said.append(join(who, words.text(key, share=rough + words.percent(share) + between)))
    return said


def _figure(writer: Writer, question: QuestionResult, one: QuestionBenchmark, number: int) -> Figure:
    words = writer.words
    own: list[float] | list[None] = one.own if one.own is not None else [None] * len(one.shares)
    rows = []
    for options, title, share, here in zip(one.options, one.titles, one.shares, own, strict=True):
        label = " / ".join(writer.option(question.id, option) for option in options) if options else title
        value = words.percent(share) if here is None else f"{words.percent(share)} | {words.percent(here)}"
        rows.append(Share(label, value, share, here))
    keys = [
        Key("square", RAMP[2], False, words.say("beside.key_study")),
        Key("diamond", OWN, False, words.say("beside.key_own")),
    ]
    title = words.say("beside.figure", question=writer.question(question.id))
    listed = words.apart.join(words.labelled(row.label, row.value) for row in rows)
    alt = f"{words.say('beside.alt')} {listed}."
    wide, narrow = (draw_shares(width, rows, keys, title=title, describe=alt) for width in (WIDE, NARROW))
    caption = words.text("beside.caption")
    if one.function is not None:
        caption = words.text("beside.caption_function", function=writer.own(writer.function(one.function)))
    source = join(source_of(writer, one), " ", words.text("page.judgement", text=writer.authored(one.judgement)))
    return Figure(f"figure-{question.id}-{number}", wide, narrow, alt, caption, source)
