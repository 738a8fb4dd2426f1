import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Client } from "@alignment-assessment/client";
import { verify } from "@alignment-assessment/client/webhooks";

const client = new Client();
const url = process.env.RECEIVER_URL ?? ""; // where the service reaches the server below
const { secret } = await client.webhookEndpoints.create({ url, events: ["assessment.completed"] });

const server = createServer(async (request, response) => {
  const event = await verify(await text(request), request.headers, secret).catch(() => null);
  response.writeHead(event ? 204 : 400).end();
  if (event?.type !== "assessment.completed") return;
  const { bounds } = await client.assessments.result(event.data.id);
  console.log(`between ${bounds?.lower} and ${bounds?.upper} of 100, in report.pdf`);
  await writeFile("report.pdf", await client.assessments.report(event.data.id));
  server.close();
}).listen(Number(process.env.PORT));

const organisation = { name: "Northwind Traders" };
const responses = [{ answers: { "kpi-set": "one-joint-target", "sla-agreement": "one-sided" }, submit: true }];
await client.assessments.create({ rubric: "alignment-quick", organisation, responses, complete: true });
