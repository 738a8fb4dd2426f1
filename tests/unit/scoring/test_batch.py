"""Scores by record batch: row by row the figures of the single scorer, whatever the columns are made of."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pytest

from assessment.errors import InvalidInput
from assessment.rubric.catalog import Catalog, default_directory
from assessment.scoring import columnar
from assessment.scoring.answers import Response
from assessment.scoring.assess import Rated, assess, rate
from assessment.scoring.batch import BatchScorer, load_scorer
from assessment.scoring.cells import write_cell
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric
from assessment.service.result_fields import fields_of
from tests.unit.scoring.builders import build, dimension, multiple, random_answers, single

CATALOG = Catalog.load(default_directory())
LEVELLED = [
    compile_rubric(entry.rubric, CATALOG.studies, entry.digest)
    for entry in CATALOG.entries()
    if entry.rubric.head.levels
]
ROWS = {"ci": 20_000, "full": 1_000_000}

Answers = dict[str, object]


def cell(answer: object, *, as_list: bool) -> object:
    """An answer as a column holds it."""
    if isinstance(answer, dict):
        return answer["state"] + (f": {answer['reason']}" if "reason" in answer else "")
    return write_cell(answer) if isinstance(answer, list) and not as_list else answer


def columns(rubric: CompiledRubric, rows: Sequence[Answers], functions: Sequence[str | None]) -> pa.RecordBatch:
    """Rows as a batch: of the columns of a multiple choice those that hold only lists are columns of lists."""
    made: dict[str, pa.Array] = {"function": pa.array(functions, pa.string())}
    for question in rubric.questions:
        answers = [row.get(question.id) for row in rows]
        as_list = not any(isinstance(answer, dict) for answer in answers)
        cells = [cell(answer, as_list=as_list) for answer in answers]
        array = pa.array(cells, pa.list_(pa.string()) if question.multiple and as_list else pa.string())
        made[question.id] = array if pa.types.is_list(array.type) or question.index % 2 else array.dictionary_encode()
    return pa.record_batch(made)


def short(rubric: CompiledRubric, answers: Answers, function: str | None) -> Mapping[str, object]:
    rated = rate(rubric, [Response(answers, function)])
    return {
        "score": rated.score,
        "level": rated.level,
        "bounds_lower": rated.lower,
        "bounds_upper": rated.upper,
        "bounds_firm": rated.firm,
    }


def whole(rubric: CompiledRubric, answers: Answers, function: str | None) -> Mapping[str, object]:
    result = assess(rubric, [Response(answers, function)])
    assert result.bounds is not None
    return {
        "score": result.score,
        "level": None if result.rating is None else result.rating.level,
        "reason": result.reason,
        "bounds_lower": result.bounds.lower,
        "bounds_upper": result.bounds.upper,
        "bounds_firm": result.bounds.firm,
        "completeness": result.completeness,
        "single_perspective": result.single_perspective,
        **{f"dimension_{one.id.replace('-', '_')}_score": one.score for one in result.dimensions},
        "problems": None,
    }


def compare(rubric: CompiledRubric, count: int, chance: random.Random, *, whole_every: int) -> None:
    """Random rows, from complete to nearly empty, each against the single scorer: its short form, and the whole
    result of some."""
    scorer = BatchScorer(rubric)
    functions = [None, None, *sorted(rubric.functions)]
    for start in range(0, count, 5_000):
        size = min(5_000, count - start)
        missing = [chance.choice((0.0, 0.0, 0.02, 0.1, 0.4, 0.9)) for _ in range(size)]
        rows = [random_answers(rubric, chance, missing=share) for share in missing]
        speakers = [chance.choice(functions) for _ in range(size)]
        found = scorer.score(columns(rubric, rows, speakers)).to_pylist()
        for number, (answers, function, row) in enumerate(zip(rows, speakers, found, strict=True)):
            if number % whole_every == 0:
                assert row == whole(rubric, answers, function), answers
            else:
                expected = short(rubric, answers, function)
                assert {name: row[name] for name in expected} == expected, answers


def test_the_batch_scorer_equals_the_single_scorer_on_random_rows(request: pytest.FixtureRequest) -> None:
    count = ROWS[request.config.getoption("--trials")] // len(LEVELLED)
    for n, rubric in enumerate(LEVELLED):
        compare(rubric, count, random.Random(n), whole_every=25)


def test_it_does_for_any_rubric_also_one_with_more_states_than_are_worked_out() -> None:
    for seed in range(6):
        chance = random.Random(seed)
        rubric = random_rubric(chance, questions=9 if seed < 2 else 4)
        compare(rubric, 300, chance, whole_every=3)


def random_rubric(chance: random.Random, *, questions: int) -> CompiledRubric:
    def question() -> dict[str, Any]:
        weight = chance.choice((0.5, 1.0, 1.0, 1.375, 10 / 7))
        if chance.random() < 0.3:
            return multiple([chance.choice((0.5, 1.0, 4 / 3, 2.0)) for _ in range(chance.randint(2, 5))], weight)
        return single(sorted(chance.choices(range(5), k=chance.randint(2, 6))), weight)

    dimensions = {
        name: dimension(
            {f"{name}{n}": question() for n in range(questions)},
            core=chance.random() < 0.5,
            weight=chance.choice((1, 1.5)),
        )
        for name in "abc"
    }
    conditions = [
        {
            "any_of": [
                {"question": f"{chance.choice('abc')}{chance.randrange(questions)}", "level": chance.randint(0, 4)}
            ]
        }
        for _ in range(40)
    ]
    gates = [
        {"id": "easy", "level": 2, "all_of": conditions[:1]},
        {
            "id": "hard",
            "level": 4,
            "all_of": [{"any_of": [*one["any_of"], *conditions[0]["any_of"]]} for one in conditions],
        },
        {"id": "both", "level": 3, "requires": {"kind": "perception", "functions": ["kitchen", "service"]}},
    ]
    return build(dimensions, gates=gates, core_rule=chance.randint(0, 3))


def test_scores_that_lie_on_a_half_or_on_a_cut_are_left_to_the_single_scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[CompiledRubric] = []

    def watched(rubric: CompiledRubric, responses: Sequence[Response]) -> Rated:
        settled.append(rubric)
        return rate(rubric, responses)

    monkeypatch.setattr(columnar, "rate", watched)
    halves = build({"a": dimension({f"q{n}": single((0, 1)) for n in range(8)})})
    compare(halves, 200, random.Random(1), whole_every=3)
    # 0.25 less 1e-9, and the scorer takes for 0.25 what lies that near.
    cut = build({"a": dimension({"q": single((1, 1)), "r": single((0, 0), 4e-9)})})
    compare(cut, 5, random.Random(1), whole_every=1)
    assert len(settled) > 50
    assert settled[-1] is cut


def one_question() -> CompiledRubric:
    return build({"a": dimension({"q": single()})})


def scored(rubric: CompiledRubric, cells: Mapping[str, Any], keep: Sequence[str] = ()) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = BatchScorer(rubric, keep).score(pa.record_batch(cells)).to_pylist()
    return rows


def test_a_cell_that_is_not_allowed_is_named_with_what_is_and_leaves_the_other_rows_alone() -> None:
    rows = scored(one_question(), {"id": [7, 8, 9], "q": ["o4", "best", "o2"]}, ["id"])
    assert [(row["id"], row["score"], row["bounds_lower"], row["completeness"]) for row in rows] == [
        (7, 100.0, 100.0, 1.0),
        (8, None, None, None),
        (9, 50.0, 50.0, 1.0),
    ]
    assert rows[0]["problems"] is None
    detail = "'q' has no option 'best'. Allowed options: o0, o1, o2, o3, o4."
    assert rows[1]["problems"] == [{"column": "q", "code": "unknown_option", "detail": detail}]


def test_states_are_spelled_in_words_and_a_reason_is_asked_for() -> None:
    cells = ["dont_know", "not_applicable: none here", "not_applicable", " o3 ", "", None]
    rows = scored(one_question(), {"q": cells})
    unanswered = "nothing_answered"
    assert [row["reason"] for row in rows] == [unanswered, unanswered, None, None, unanswered, unanswered]
    assert [row["score"] for row in rows] == [None, None, None, 75.0, None, None]
    assert rows[2]["problems"] == [
        {"column": "q", "code": "missing_reason", "detail": "A question that does not apply needs a 'reason' in words."}
    ]


LISTS = [["o0"], ["o1", "o0"], [], None, ["o1", "o1"], ["o7"]]


def plain_lists() -> pa.Array:
    return pa.array(LISTS)


def part_of_longer_lists() -> pa.Array:
    """As readers of files hand them out."""
    return pa.array([["o1"], *LISTS])[1:]


def lists_of_codes() -> pa.Array:
    options = pa.array([option for chosen in LISTS for option in chosen or ()]).dictionary_encode()
    offsets = pa.array(list(accumulate((len(chosen or ()) for chosen in LISTS), initial=0)), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, options, mask=pa.array([chosen is None for chosen in LISTS]))


def texts() -> pa.Array:
    return pa.array([None if chosen is None else write_cell(chosen) for chosen in LISTS])


@pytest.mark.parametrize("make", [plain_lists, part_of_longer_lists, lists_of_codes, texts])
def test_a_multiple_choice_is_a_list_or_a_text_with_semicolons(make: Callable[[], pa.Array]) -> None:
    rubric = build({"a": dimension({"q": multiple([1.0, 2.0])})})
    rows = scored(rubric, {"q": make()})
    assert [row["score"] for row in rows] == [25.0, 75.0, 0.0, None, None, None]
    codes = [[one["code"] for one in row["problems"] or []] for row in rows]
    assert codes == [[], [], [], [], ["duplicate_option"], ["unknown_option"]]


def test_a_row_for_a_function_is_one_side_s_view() -> None:
    gate = {"id": "both", "level": 4, "requires": {"kind": "perception", "functions": ["kitchen", "service"]}}
    rubric = build({"a": dimension({"q": single()})}, gates=[gate])
    rows = scored(rubric, {"q": ["o4"] * 4, "function": ["kitchen", " service", None, "cellar"]})
    assert [(row["level"], row["single_perspective"]) for row in rows] == [
        (3, True),
        (3, True),
        (4, False),
        (None, None),
    ]
    assert rows[3]["problems"] == [
        {
            "column": "function",
            "code": "unknown_function",
            "detail": "'cellar': kitchen knows no such function. Allowed: kitchen, service.",
        }
    ]


def test_a_column_that_is_neither_a_question_nor_kept_is_refused_with_its_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        scored(one_question(), {"q": ["o1"], "qq": ["o1"], "score": [1]}, ["score", "id"])
    assert [(one.pointer, one.code) for one in refused.value.errors] == [
        ("id", "unknown_column"),
        ("score", "reserved_column"),
        ("qq", "unknown_question"),
    ]


def test_a_column_that_is_there_twice_is_refused() -> None:
    twice = pa.RecordBatch.from_arrays([pa.array(["o1"]), pa.array(["o2"])], names=["q", "q"])
    with pytest.raises(InvalidInput) as refused:
        BatchScorer(one_question()).score(twice)
    assert [(one.pointer, one.detail) for one in refused.value.errors] == [("q", "It is there more than once.")]


def test_a_column_of_another_type_is_refused_with_the_type_that_it_has_to_have() -> None:
    with pytest.raises(InvalidInput, match=r"Column 'q' has int64; answers to it are texts\."):
        scored(one_question(), {"q": [1]})


def test_a_table_without_any_question_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        scored(one_question(), {"id": [1]}, ["id"])
    assert refused.value.errors[0].detail == "No column is a question of kitchen@2026.1."


def test_a_rubric_without_levels_scores_nothing() -> None:
    with pytest.raises(InvalidInput, match="has no levels"):
        load_scorer("integration-2008")


def test_an_empty_batch_gives_an_empty_one() -> None:
    batch = pa.record_batch({"q": pa.array([], pa.string())})
    assert BatchScorer(one_question()).score(batch).num_rows == 0


def test_columns_are_called_as_in_an_export_of_results() -> None:
    scorer = load_scorer("alignment")
    dimensions = [one.id for one in scorer.rubric.dimensions]
    exported = {field.name for field in fields_of(dimensions)}
    assert {field.name for field in scorer.fields()} - exported == {"problems"}


def test_the_rest_works_without_numpy_and_pyarrow() -> None:
    program = (
        "import sys; sys.modules['numpy'] = sys.modules['pyarrow'] = None\n"
        "from assessment.cli import group; import assessment.app\n"
        "group(['questionnaire', 'alignment-quick'])"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
