"""Change what several may edit: from the state that was read, and again from the new one where somebody was faster."""

from alignment_assessment import Client, InvalidRequest, PreconditionFailed

with Client() as client:
    assessment = client.assessments.create(rubric="alignment", organisation={"name": "Example Manufacturing"})
    while True:
        read = client.assessments.get(assessment.id)
        try:
            changed = client.assessments.update(read.id, if_match=read, metadata=read.metadata | {"quarter": "Q4"})
            break
        except PreconditionFailed:
            continue
    print(changed.metadata, changed.etag)
    try:
        client.assessments.update(changed.id, if_match=changed, target_level=9)
    except InvalidRequest as wrong:
        for problem in wrong.problems:
            print(problem.pointer, problem.code, problem.detail)
