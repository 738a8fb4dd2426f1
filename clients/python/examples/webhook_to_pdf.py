"""Create an assessment, wait for the webhook that tells of its result, read the result and save the report as a PDF.

The receiver is on this machine, so the service must run with ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS=true.
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from alignment_assessment import Client, webhooks


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = webhooks.verify(body, self.headers, endpoint.secret)
        if isinstance(event, webhooks.AssessmentCompleted):
            completed.append(event.data.id)
        self.send_response(204)
        self.end_headers()


completed: list[str] = []
with Client() as client, HTTPServer(("127.0.0.1", 0), Receiver) as server:
    url = f"http://127.0.0.1:{server.server_port}/"
    endpoint = client.webhook_endpoints.create(url=url, events=["assessment.completed"])
    answers = {"sla-agreement": "one-sided", "pipeline-review": "monthly", "kpi-set": "shared-set"}
    responses = [{"function": "sales", "answers": answers}]
    client.assessments.create(
        rubric="alignment", organisation={"name": "Northwind"}, responses=responses, complete=True
    )
    while not completed:
        server.handle_request()
    print("bounds", client.assessments.result(completed[0]).bounds)
    client.assessments.report(completed[0], format="pdf").save(sys.argv[1])
