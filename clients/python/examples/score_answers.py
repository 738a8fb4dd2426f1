"""Score answers without keeping anything: what a form on a page, or a notebook, wants first."""

from alignment_assessment import Client

with Client() as client:
    result = client.scores.create(
        rubric="alignment-quick",
        answers={
            "sla-agreement": "one-sided",
            "pipeline-review": "monthly",
            "communication-formats": ["email", "tool-repository"],
            "cross-rewards": {"state": "dont_know"},
        },
    )
    # Too few answers give no score, and still say what it could be.
    print("score", result.score, "between", result.bounds and (result.bounds.lower, result.bounds.upper))
    for question in result.questions:
        for benchmark in question.benchmarks:
            print(question.id, "beside", benchmark.publisher, benchmark.year, "n =", benchmark.n)
