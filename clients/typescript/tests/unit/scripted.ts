/** A server of a few lines: what it answers is scripted, what it is sent is kept. Real sockets, so that a lost answer is one. */

import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { Client } from "../../src/index.js";
import type { ClientOptions } from "../../src/index.js";

export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How one request is answered; `null` breaks the connection without an answer. */
export type Answering = ((response: ServerResponse) => void) | null;

export interface Scripted {
  url: string;
  asked: Asked[];
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answering {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

export function problem(
  status: number,
  code: string,
  headers: Record<string, string> = {},
  errors: object[] = [],
): Answering {
  const document = {
    type: "about:blank",
    title: code,
    status,
    detail: `It is ${code}.`,
    instance: "/",
    code,
    request_id: "req_1",
    errors,
  };
  return json(document, status, { "Content-Type": "application/problem+json", ...headers });
}

/** Answers one request after the other as scripted; whatever comes after that gets no answer at all. */
export async function serve(...answers: Answering[]): Promise<Scripted> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      asked.push({ method, path, headers, body: Buffer.concat(parts).toString() });
      const answer = answers.shift();
      if (answer === null) request.socket.destroy();
      else answer?.(response);
    });
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, asked };
}

export function clientOf({ url }: { url: string }, options: ClientOptions = {}): Client {
  return new Client({ baseUrl: url, apiKey: KEY, retryDelay: 1, ...options });
}

export const KEY = "alm_sk_test_0123456789abcdefghijklmnopqrstuvwxyz";

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
