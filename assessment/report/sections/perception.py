"""How the groups of respondents see it: paired dots by dimension, disputed facts, and what studies found beside."""

from __future__ import annotations

from assessment.report.charts.frame import NARROW, WIDE, Key
from assessment.report.charts.pairs import Pair, draw_pairs
from assessment.report.charts.svg import INK, OWN
from assessment.report.document import Block, Bullets, Column, Figure, Paragraph, Part, Run, Section, Table, Text
from assessment.report.words import Value, join
from assessment.report.writer import Writer
from assessment.scoring.perceived import Agreement, Comparison, Gap, Perception, PublishedGapBeside

TICKS = (0, 25, 50, 75, 100)


def write_perception(writer: Writer) -> Section | None:
    perception, words = writer.result.perception, writer.words
    if perception is None:
        return _without_groups(writer) if writer.result.respondents else None
    blocks: list[Block] = [Paragraph(words.text("perception.intro"), "lead"), *_withheld(writer, perception)]
    for kind, comparison in (("functions", perception.functions), ("seniority", perception.seniority)):
        if comparison is not None:
            blocks.append(_comparison(writer, kind, comparison))
    if perception.agreement:
        blocks.append(_agreement(writer, perception.agreement))
    blocks.append(Paragraph(words.text("perception.meaning"), "note"))
    return Section("perception", words.text("perception.title"), tuple(blocks))


def _without_groups(writer: Writer) -> Section:
    """One group alone, or a result of an engine that did not compare any; that one named disputes already."""
    words, result = writer.words, writer.result
    wanted, answered = set(writer.source.rubric.perspectives), {one.function for one in result.respondents}
    why = "perception.not_compared" if wanted and wanted <= answered else "perception.one_group"
    blocks: list[Block] = [Paragraph(words.text(why), "lead")]
    disputed = [writer.own(writer.question(one.id), "strong") for one in result.questions if one.disputed]
    if disputed:
        blocks.append(Paragraph((Run(words.say("perception.disputed_title"), style="strong"),)))
        blocks.append(Bullets(tuple((question,) for question in disputed)))
    return Section("perception", words.text("perception.title"), tuple(blocks))


def _withheld(writer: Writer, perception: Perception) -> list[Paragraph]:
    words = writer.words
    if not perception.withheld:
        return []
    groups = words.all_of(_group(writer, name) for name in perception.withheld)
    return [Paragraph(words.text("perception.withheld", groups=writer.own(groups)))]


def _group(writer: Writer, name: str) -> str:
    """A function, or else a group of seniorities: `leadership` may be either, and is what has answered."""
    answered = {one.function for one in writer.result.respondents}
    if name in {"leadership", "rest"} and name not in answered:
        return writer.words.say(f"perception.{name}")
    return writer.function(name)


def _names(writer: Writer, kind: str, comparison: Comparison) -> tuple[str, str]:
    """Seniorities are called so even where a function has the same id."""
    if kind == "seniority":
        first, second = (writer.words.say(f"perception.{name}") for name in comparison.groups)
    else:
        first, second = (writer.function(name) for name in comparison.groups)
    return first, second


def _comparison(writer: Writer, kind: str, comparison: Comparison) -> Part:
    words = writer.words
    names = _names(writer, kind, comparison)
    rows = comparison.dimensions or comparison.questions
    blocks: list[Paragraph | Figure | Table | Bullets] = []
    if not any(gap.delta is not None or any(one.mean is not None for one in gap.groups) for gap in rows):
        blocks.append(Paragraph(words.text("perception.too_few")))
    else:
        if any(one.mean is not None for gap in comparison.dimensions for one in gap.groups):
            blocks.append(_figure(writer, kind, names, comparison.dimensions))
        blocks.append(_table(writer, names, rows, dimensions=bool(comparison.dimensions)))
    if not all(gap.testable for gap in rows):
        blocks.append(Paragraph(words.text("perception.not_testable"), "note"))
    for point, items in _points(writer, comparison, names).items():
        if items:
            blocks += [Paragraph((Run(words.say(f"perception.{point}_title"), style="strong"),)), Bullets(tuple(items))]
    title = words.text(f"perception.{kind}", first=writer.own(names[0]), second=writer.own(names[1]))
    return Part(f"perception-{kind}", title, tuple(blocks))


def _title(writer: Writer, gap: Gap, *, dimensions: bool) -> str:
    return writer.dimension(gap.id) if dimensions else writer.question(gap.id)


def _figure(writer: Writer, kind: str, names: tuple[str, str], gaps: list[Gap]) -> Figure:
    words = writer.words
    rows = []
    for gap in gaps:
        first, second = (one.mean for one in gap.groups)
        value = "–" if gap.gap is None else words.signed(gap.gap)
        loud = bool(gap.supported) and gap.size == "large"
        rows.append(Pair(writer.dimension(gap.id), value, first, second, loud))
    keys = (Key("circle", INK, False, names[0]), Key("square", OWN, True, names[1]))
    ticks = [(float(tick), words.number(tick)) for tick in TICKS]
    listed = words.apart.join(words.labelled(row.label, _written(writer, row)) for row in rows)
    alt = f"{words.say('perception.alt', first=names[0], second=names[1])} {listed}."
    title = words.say("perception.figure")
    wide, narrow = (draw_pairs(width, rows, keys, ticks, title=title, describe=alt) for width in (WIDE, NARROW))
    caption = words.text("perception.caption", first=writer.own(names[0]), second=writer.own(names[1]))
    return Figure(f"figure-perception-{kind}", wide, narrow, alt, caption)


def _written(writer: Writer, row: Pair) -> str:
    words = writer.words
    return words.all_of(words.say("page.withheld") if one is None else words.score(one) for one in row[2:4])


def _table(writer: Writer, names: tuple[str, str], gaps: list[Gap], *, dimensions: bool) -> Table:
    words = writer.words
    first = words.text("perception.column_dimension" if dimensions else "perception.column_question")
    columns = (
        Column(first),
        *(Column((writer.own(name),), "end") for name in names),
        Column(words.text("perception.column_gap"), "end"),
        Column(words.text("perception.column_size")),
        Column(words.text("perception.column_p"), "end"),
        Column(words.text("perception.column_supported")),
    )
    rows = tuple(_row(writer, gap, _title(writer, gap, dimensions=dimensions)) for gap in gaps)
    return Table(words.text("perception.table"), columns, rows)


def _row(writer: Writer, gap: Gap, title: str) -> tuple[Text, ...]:
    words, nothing = writer.words, writer.words.text("page.nothing")

    def figure(value: str | None) -> Text:
        return nothing if value is None else join(value)

    means = [None if one.mean is None else words.score(one.mean) for one in gap.groups]
    supported = {None: "page.nothing", True: "page.yes", False: "page.no"}[gap.supported]
    return (
        (writer.own(title),),
        *(figure(mean) for mean in means),
        figure(None if gap.gap is None else words.signed(gap.gap)),
        nothing if gap.size is None else words.text(f"perception.size_{gap.size}"),
        figure(None if gap.p_adjusted is None else words.number(gap.p_adjusted, 4)),
        words.text(supported),
    )


def _points(writer: Writer, comparison: Comparison, names: tuple[str, str]) -> dict[str, list[Text]]:
    """What is to be said of single questions: disputes, optimism about one's own behaviour, and published gaps."""
    words = writer.words
    points: dict[str, list[Text]] = {"disputed": [], "own": [], "published": []}
    for gap in comparison.questions:
        question = writer.own(writer.question(gap.id), "strong")
        if gap.disputed:
            points["disputed"].append((question,))
        if gap.own_behaviour in comparison.groups:
            at = comparison.groups.index(gap.own_behaviour)
            one, other = (writer.own(name) for name in (names[at], names[1 - at]))
            points["own"].append(words.text("perception.own", question=question, function=one, other=other))
        points["published"] += [_published(writer, one, names, question) for one in gap.published]
    return points


def _published(writer: Writer, one: PublishedGapBeside, names: tuple[str, str], question: Run) -> Text:
    words = writer.words
    values: dict[str, Value] = {
        "question": question,
        "first": writer.own(names[0]),
        "second": writer.own(names[1]),
        "share": words.percent(one.shares[0]),
        "other": words.percent(one.shares[1]),
        "category": writer.studied(_category(writer, one)),
        "publisher": writer.studied(one.publisher),
        "year": writer.year(one.year),
        "n": writer.size(one.n),
        "mark": writer.cite(one.study),
    }
    if one.own_shares is None:
        return words.text("perception.published", **values)
    here, there = (words.percent(share) for share in one.own_shares)
    return words.text("perception.published_beside", **values, here=here, there=there)


def _category(writer: Writer, one: PublishedGapBeside) -> str:
    """The study's answer in words; a gap names it by its id."""
    finding = writer.index.findings[one.finding][1]
    categories = [*finding.shares, *(category for shares in finding.by_function.values() for category in shares)]
    return next((category.title for category in categories if category.id == one.category), one.category)


def _agreement(writer: Writer, agreement: list[Agreement]) -> Part:
    words = writer.words
    names = ("group", "people", "questions", "r_wg", "band", "deviation", "alpha")
    columns = tuple(
        Column(words.text(f"perception.agreement_{name}"), "start" if name in {"group", "band"} else "end")
        for name in names
    )
    nothing = words.say("page.nothing")
    rows = []
    for one in agreement:
        group = words.say("perception.everybody") if one.group is None else _group(writer, one.group)
        figures = [
            words.number(one.respondents),
            words.number(one.questions),
            nothing if one.r_wg_j is None else words.number(one.r_wg_j, 2),
            nothing if one.band is None else words.say(f"perception.band_{one.band}"),
            nothing if one.average_deviation is None else words.number(one.average_deviation, 2),
            nothing if one.alpha is None else words.number(one.alpha, 2),
        ]
        rows.append(((writer.own(group),), *(join(figure) for figure in figures)))
    table = Table(words.text("perception.agreement_table"), columns, tuple(rows))
    note = Paragraph(words.text("perception.agreement_note"), "note")
    return Part("agreement", words.text("perception.agreement_title"), (table, note))
