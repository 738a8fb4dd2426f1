"""The appendix: method, weights with their reasons, sources, what the report is not, and what identifies the result."""

from __future__ import annotations

from assessment.report.document import (
    Block,
    Bullets,
    Fact,
    Facts,
    Paragraph,
    Part,
    Run,
    Section,
    Table,
    Text,
)
from assessment.report.words import join
from assessment.report.writer import Writer, clean
from assessment.rubric.studies import Study

_METHOD = ("scoring", "levels", "position", "firmness", "gaps", "gain")
_METHOD_BESIDE = ("beside", "gaps")
_NOT = ("revenue", "percentile", "benchmark", "validity", "person")


def write_method(writer: Writer) -> Section:
    """Everything that has been cited is in its list of sources, so it is written last."""
    words = writer.words
    rated = writer.source.rubric.has_levels
    blocks: list[Block] = [Paragraph(words.text(f"method.{name}")) for name in (_METHOD if rated else _METHOD_BESIDE)]
    blocks.append(Paragraph(words.text("method.literature"), "note"))
    limits = Bullets(tuple(words.text(f"method.not_{name}") for name in _NOT if rated or name != "revenue"))
    blocks.append(Part("limits-of-report", words.text("method.not_title"), (limits,)))
    if rated:
        blocks += [_weights(writer), *_matches(writer)]
        blocks += _associations(writer)
    blocks += [*_sources(writer), _identity(writer)]
    return Section("method", words.text("method.title"), tuple(blocks))


def _weights(writer: Writer) -> Part:
    words, source = writer.words, writer.source.rubric.source
    columns = writer.columns("method", "question", "answer", "weight", "reason", figures={"answer", "weight"})
    parts: list[Paragraph | Table] = []
    weighting = source.head.weighting
    if weighting is not None:
        parts.append(Paragraph((writer.authored(weighting.reason),)))
    if source.head.aggregation is not None:
        parts.append(Paragraph((writer.authored(source.head.aggregation.reason),)))
    for dimension in source.dimensions:
        asked = {one.id for one in dimension.questions}
        rows = tuple(
            (
                (writer.own(writer.question(one.id)),),
                _answer(writer, one.level, one.state),
                words.text("page.nothing") if one.weight is None else join(words.number(one.weight, 3)),
                () if one.weight_reason is None else (writer.authored(one.weight_reason),),
            )
            for one in writer.result.questions
            if one.id in asked
        )
        parts.append(Table((writer.own(writer.dimension(dimension.id), "strong"),), columns, rows))
        if dimension.weight_reason is not None:
            parts.append(Paragraph((writer.authored(dimension.weight_reason),), "note"))
    return Part("weights", words.text("method.weights"), tuple(parts))


def _answer(writer: Writer, level: float | None, state: str) -> Text:
    return writer.words.text(f"page.{state}") if level is None else join(writer.words.level(level))


def _matches(writer: Writer) -> list[Part]:
    """What in the matches between our answers and the studies' is judgement."""
    words = writer.words
    items = dict.fromkeys(
        words.text(
            "method.match",
            question=writer.own(writer.question(question.id), "strong"),
            mark=writer.cite(one.study),
            judgement=writer.authored(one.judgement),
        )
        for question in writer.result.questions
        for one in question.benchmarks
    )
    if not items:
        return []
    intro = Paragraph(words.text("method.matches_intro"))
    return [Part("matches", words.text("method.matches"), (intro, Bullets(tuple(items))))]


def _associations(writer: Writer) -> list[Part]:
    """Ratios between a practice and an outcome, each with how it must not be read."""
    words = writer.words
    items = [
        words.text(
            f"method.{one.kind}",
            question=writer.own(writer.question(question.id), "strong"),
            ratio=words.number(one.ratio, 2),
            outcome=writer.studied(one.outcome),
            year=writer.year(one.year),
            n=writer.size(one.n),
            mark=writer.cite(one.study),
            caution=writer.studied(one.caution),
        )
        for question in writer.result.questions
        for one in question.associations
    ]
    if not items:
        return []
    return [Part("associations", words.text("method.associations"), (Bullets(tuple(items)),))]


def _sources(writer: Writer) -> list[Part]:
    words = writer.words
    cited = sorted(writer.cited(), key=lambda pair: pair[0])
    if not cited:
        return []
    parts = tuple(Fact(join(f"[{number}]"), _source(writer, study), f"source-{number}") for number, study in cited)
    return [
        Part(
            "sources",
            words.text("method.sources"),
            (
                Paragraph(words.text("method.sources_intro")),
                Facts(parts),
                Paragraph(words.text("method.grades"), "note"),
            ),
        )
    ]


def _source(writer: Writer, study: Study) -> Text:
    words = writer.words
    size = writer.size(study.n)
    text = words.text(
        "method.source",
        publisher=writer.studied(study.publisher),
        title=writer.studied(study.title, "strong"),
        year=writer.year(study.year),
        population=writer.studied(study.population),
        n=size,
        grade=study.quality.grade,
        read=words.text(f"method.read_{study.read}"),
    )
    addresses = dict.fromkeys(source.address for source in study.sources if source.address)
    for address in addresses:
        text = join(text, " ", Run(address, href=address if address.startswith("https://") else None))
    return text


def _identity(writer: Writer) -> Part:
    words, result = writer.words, writer.result
    facts = [
        Fact(words.text("method.rubric"), join(f"{result.rubric.id}@{result.rubric.version}")),
        Fact(words.text("method.digest"), join(result.rubric.digest)),
        Fact(words.text("method.engine"), join(clean(result.engine))),
    ]
    if writer.source.assessment is not None:
        facts.append(Fact(words.text("method.assessment"), join(clean(writer.source.assessment))))
    kind = words.text(f"method.{writer.source.confidentiality}")
    facts.append(Fact(words.text("method.confidentiality"), kind))
    return Part("identity", words.text("method.identity"), (Facts(tuple(facts)),))
