import { Client, PreconditionFailed } from "@alignment-assessment/client";

const client = new Client();
const { id } = await client.assessments.create({
  rubric: "alignment-quick",
  organisation: { name: "Northwind Traders" },
});

const { data, etag, requestId } = await client.assessments.get(id).withResponse();
console.log(`${data.status}, read by request ${requestId}`);
try {
  await client.assessments.update(id, { target_level: 3 }, { ifMatch: etag ?? "" });
} catch (error) {
  if (!(error instanceof PreconditionFailed)) throw error;
  console.error("Somebody else has changed it in the meantime.");
}

// The same, read again and made anew until nobody was faster:
await client.assessments.edit(id, ({ metadata }) => ({ metadata: { round: Number(metadata.round ?? 0) + 1 } }));
