"""The moves to make, ranked: the first in full, the others in a table; and the answers that contradict each other."""

from __future__ import annotations

from assessment.report.document import Block, Fact, Move, Paragraph, Part, Section, Table, Text
from assessment.report.words import join
from assessment.report.writer import Writer
from assessment.scoring.result import Because, Inconsistency, RecommendationResult

IN_FULL = 7
"""Moves set out with what to do and why: as many as a board can take up."""


def write_moves(writer: Writer) -> Section | None:
    moves, words = writer.result.recommendations, writer.words
    if not moves:
        return None
    blocks: list[Block] = [Paragraph(words.text("moves.intro"), "lead")]
    blocks += [_move(writer, move) for move in moves[:IN_FULL]]
    if len(moves) > IN_FULL:
        blocks.append(_others(writer, moves[IN_FULL:]))
    return Section("moves", words.text("moves.title"), tuple(blocks))


def write_contradictions(writer: Writer) -> Section | None:
    found, words = writer.result.inconsistencies, writer.words
    if not found:
        return None
    parts = tuple(_contradiction(writer, one, number) for number, one in enumerate(found, start=1))
    intro = Paragraph(words.counted("contradictions.intro", len(found), number=words.number(len(found))), "lead")
    return Section("contradictions", words.text("contradictions.title"), (intro, *parts))


def _move(writer: Writer, move: RecommendationResult) -> Move:
    words = writer.words
    title, action, owner, expected = writer.move(move)
    facts = [
        Fact(words.text("moves.owner"), (writer.own(owner),)),
        Fact(words.text("moves.effort"), words.text(f"moves.effort_{move.effort}")),
        Fact(words.text("moves.gain"), words.text("moves.points", points=words.signed(move.gain))),
    ]
    if move.opens_gate is not None:
        facts.append(Fact(words.text("moves.opens"), (writer.own(writer.gates[move.opens_gate].title),)))
    if move.because:
        facts.append(Fact(words.text("moves.because"), _answers(writer, move.because)))
    facts.append(Fact(words.text("moves.evidence"), writer.evidence(move.evidence)))
    return Move(
        rank=str(move.rank),
        title=(writer.own(title),),
        action=(writer.own(action),),
        facts=tuple(facts),
        expected=(writer.own(expected),),
        judgement=words.text("moves.judgement") if move.judgement else None,
    )


def _answers(writer: Writer, answers: list[Because]) -> Text:
    words = writer.words
    text: Text = ()
    for one in answers:
        question = writer.own(writer.question(one.question))
        said = words.text("moves.answer", question=question, level=words.level(one.level))
        text = join(text, words.apart if text else (), said)
    return text


def _others(writer: Writer, moves: list[RecommendationResult]) -> Part:
    words = writer.words
    columns = writer.columns("moves", "move", "owner", "effort", "gain", "evidence", figures={"gain"})
    rows = []
    for move in moves:
        title, _, owner, _ = writer.move(move)
        name = join(f"{move.rank}. ", writer.own(title))
        evidence = writer.evidence(move.evidence)
        rows.append(
            (
                name,
                (writer.own(owner),),
                words.text(f"moves.effort_{move.effort}"),
                join(words.signed(move.gain)),
                join(evidence, words.text("moves.is_judgement")) if move.judgement else evidence,
            )
        )
    table = Table(words.text("moves.others_table"), columns, tuple(rows))
    return Part("further-moves", words.text("moves.others"), (table,))


def _contradiction(writer: Writer, one: Inconsistency, number: int) -> Part:
    checks = {check.id: check for check in writer.source.texts.head.consistency_checks}
    check = checks[one.id]
    blocks = (Paragraph((writer.own(check.explanation),)), Paragraph(_answers(writer, one.answers), "note"))
    return Part(f"contradiction-{number}", (writer.own(check.title),), blocks)
