"""Invite people of both functions, answer for one of them as the hosted form does, and see who is still missing."""

from alignment_assessment import Client

with Client() as client:
    assessment = client.assessments.create(
        rubric="alignment-quick", organisation={"name": "Example Manufacturing"}, functions=["sales", "marketing"]
    )
    links = {}
    for function in ("sales", "marketing"):
        links[function] = client.invitations.create(assessment.id, function=function, count=2).data
    print("send", links["sales"][0].url)

    person = client.with_options(api_key=links["sales"][0].token)
    draft = person.invitation.update_response(answers={"sla-agreement": "one-sided"}, if_none_match="*")
    person.invitation.update_response(answers={"pipeline-review": "monthly"}, if_match=draft)
    person.invitation.submit()

    for group in client.invitations.list(assessment.id).first_page().functions:
        print(group.function, "submitted", group.submitted, "open", group.open)
