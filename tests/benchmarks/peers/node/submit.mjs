// Takes submissions with Express and keeps them with pg, as the SurveyJS example for Node and PostgreSQL does: an
// INSERT of the document a request, through a pool. With PEER_QUESTIONNAIRE it validates and scores them as well.
import { randomUUID } from "node:crypto";
import express from "express";
import pg from "pg";
import { makeScorer } from "./model.mjs";

const { PEER_DATABASE_URL, PEER_QUESTIONNAIRE } = process.env;
const CONNECTIONS = 16; // of PostgreSQL, as many as the other peers have
const pool = new pg.Pool({ connectionString: PEER_DATABASE_URL, max: CONNECTIONS });
await pool.query(
  "CREATE TABLE documents (id uuid PRIMARY KEY, external_id text, created_at timestamptz, sums jsonb, body jsonb)",
);
// A query with a name is prepared once on each connection.
const INSERT = { name: "insert", text: "INSERT INTO documents VALUES ($1, $2, now(), $3, $4)" };
const score = PEER_QUESTIONNAIRE ? makeScorer(PEER_QUESTIONNAIRE) : null;

const app = express();
app.disable("x-powered-by");
app.use(express.json());
app.post("/assessments", async (request, response) => {
  const { organisation, responses } = request.body;
  let sums = null;
  if (score) {
    try {
      sums = score(responses[0].answers);
    } catch (error) {
      response.status(422).json({ detail: error.message });
      return;
    }
  }
  const id = randomUUID();
  await pool.query({ ...INSERT, values: [id, organisation.external_id, JSON.stringify(sums), request.body] });
  response.status(201).json({ id, sums });
});

const server = app.listen(0, "127.0.0.1", () => console.log(`listens on port ${server.address().port}`));
process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  pool.end();
});
