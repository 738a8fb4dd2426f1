"""What holds the level back, and the fewest steps that open the next."""

from __future__ import annotations

from assessment.report.document import Block, Bullets, Paragraph, Part, Section, Table, Text
from assessment.report.words import join
from assessment.report.writer import Writer
from assessment.rubric.question import Kind
from assessment.scoring.caps import CORE_RULE
from assessment.scoring.result import Cap, Change, NextLevel, Unmet


def write_limits(writer: Writer) -> Section | None:
    rating = writer.result.rating
    if rating is None:
        return None
    words = writer.words
    blocks: list[Block] = []
    if rating.caps:
        by_score = words.text(
            "limits.held" if rating.level < rating.level_by_score else "limits.not_held",
            level=writer.own(f"{rating.level_by_score} ({writer.level(rating.level_by_score)})"),
        )
        blocks.append(Paragraph(by_score, "lead"))
        blocks += [_cap(writer, cap, number) for number, cap in enumerate(rating.caps, start=1)]
    else:
        blocks.append(Paragraph(words.text("limits.none"), "lead"))
    if writer.result.next_level is not None:
        blocks.append(_next_level(writer, writer.result.next_level))
    elif rating.level < len(writer.levels):
        blocks.append(Paragraph(words.text("limits.no_steps")))
    return Section("limits", words.text("limits.title"), tuple(blocks))


def _cap(writer: Writer, cap: Cap, number: int) -> Part:
    words = writer.words
    gate = writer.gates.get(cap.gate)
    title = words.text("limits.core_rule") if gate is None else (writer.own(gate.title),)
    limit = writer.own(f"{cap.limit} ({writer.level(cap.limit)})")
    said = [Paragraph(words.text(f"limits.{cap.status}", limit=limit))]
    if cap.gate == CORE_RULE:
        needs: tuple[Text, ...] = tuple(_dimension(writer, one) for one in cap.unmet)
    elif cap.unmet:
        needs = tuple(_clauses(writer, cap))
    else:
        return Part(f"limit-{number}", title, (*said, Paragraph(_perception(writer, cap))))
    blocks: tuple[Paragraph | Bullets, ...] = (*said, Bullets(needs))
    if gate is not None:
        blocks = (*blocks, Paragraph(words.text("page.judgement", text=writer.authored(gate.judgement)), "note"))
    return Part(f"limit-{number}", title, blocks)


def _clauses(writer: Writer, cap: Cap) -> list[Text]:
    """One bullet for each clause that is not met, its alternatives joined."""
    unmet = {(one.question, one.needs_level): one for one in cap.unmet}
    found = []
    for clause in writer.gates[cap.gate].all_of:
        parts = [unmet.get((one.question, float(one.level))) for one in clause.any_of]
        shown = [_question(writer, one) for one in parts if one is not None]
        if shown:
            text = shown[0]
            for other in shown[1:]:
                text = join(text, writer.words.text("limits.or"), other)
            found.append(text)
    return found


def _question(writer: Writer, one: Unmet) -> Text:
    title = writer.own(writer.question(one.question or ""))
    needs = writer.words.level(one.needs_level)
    if one.has_level is None:
        return writer.words.text("limits.unshown", question=title, needs=needs)
    return writer.words.text("limits.unmet", question=title, needs=needs, has=writer.words.level(one.has_level))


def _dimension(writer: Writer, one: Unmet) -> Text:
    needs, has = (int(level or 1) for level in (one.needs_level, one.has_level))
    return writer.words.text(
        "limits.core_unmet",
        dimension=writer.own(writer.dimension(one.dimension or "")),
        needs=writer.own(f"{needs} ({writer.level(needs)})"),
        has=writer.own(f"{has} ({writer.level(has)})"),
    )


def _perception(writer: Writer, cap: Cap) -> Text:
    words, result = writer.words, writer.result
    if cap.status == "unverified":
        return words.text("limits.one_view")
    comparison = None if result.perception is None else result.perception.functions
    wide = (
        [] if comparison is None else [gap.id for gap in comparison.dimensions if gap.supported and gap.size == "large"]
    )
    if not wide:
        return words.text("limits.views_differ")
    return words.text("limits.views_differ_on", dimensions=writer.own(words.apart.join(map(writer.dimension, wide))))


def _next_level(writer: Writer, following: NextLevel) -> Part:
    words = writer.words
    by_question: dict[str, list[Change]] = {}
    for change in following.changes:
        by_question.setdefault(change.question, []).append(change)
    steps = len(following.changes)
    intro = words.counted(
        "limits.next",
        steps,
        steps=words.number(steps),
        level=writer.own(f"{following.level} ({writer.level(following.level)})"),
        score=words.score(following.score_after),
    )
    columns = writer.columns("limits", "question", "now", "then", "step", figures={"now", "then"})
    rows = tuple(_steps(writer, question, changes) for question, changes in by_question.items())
    table = Table(words.text("limits.table"), columns, rows)
    return Part("next-level", words.text("limits.next_title"), (Paragraph(intro), table))


def _steps(writer: Writer, question: str, steps: list[Change]) -> tuple[Text, ...]:
    words = writer.words
    first, last = steps[0].from_level, steps[-1].to_level
    titles = [writer.option(question, step.option) for step in steps]
    taken = words.apart.join(titles) if writer.questions[question].kind is Kind.MULTIPLE else titles[-1]
    return (
        (writer.own(writer.question(question)),),
        words.text("limits.unanswered") if first is None else join(words.level(first)),
        join(words.level(last)),
        (writer.own(taken),),
    )
