/** What every resource sends by: openapi-fetch over the contract, with our tries, times, keys and errors. */

import createClient from "openapi-fetch";
import type { Answered, Call } from "./call.js";
import { callOf } from "./call.js";
import { Exchange } from "./exchange.js";
import type { paths } from "./generated/contract.js";
import type { Page } from "./list.js";
import { List } from "./list.js";
import type { CallOptions, ChangeOptions, ReadOptions, Settings, WriteOptions } from "./options.js";
import { forHeader, inBrowser, keyOf } from "./options.js";
import { VERSION } from "./version.js";

type Http = ReturnType<typeof createClient<paths>>;
type AnyOptions = CallOptions & Partial<ReadOptions & WriteOptions & ChangeOptions>;

/** What every request of openapi-fetch is given; its method adds what the contract asks for. */
type Init = {
  fetch: (request: Request) => Promise<Response>;
  headers: Record<string, string>;
  middleware: { onRequest(about: { request: Request; schemaPath: string }): Request }[];
};

/** What openapi-fetch answers. */
interface Reply<T> {
  data?: T;
  response: Response;
}

type Send<T> = (http: Http, init: Init) => Promise<Reply<T>>;

export class Core {
  // Not to be seen when a client is printed or made to JSON: it holds the key.
  readonly #settings: Settings;
  readonly #http: Http;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#http = createClient<paths>({ baseUrl: settings.baseUrl });
  }

  call<T>(options: AnyOptions, send: Send<T>): Call<T> {
    return callOf(this.#answer(options, send));
  }

  list<T>(options: CallOptions, send: (cursor: { cursor?: string }) => Send<Page<T>>): List<T> {
    return new List((cursor) => this.call(options, send(cursor === undefined ? {} : { cursor })));
  }

  async #answer<T>(options: AnyOptions, send: Send<T>): Promise<Answered<T>> {
    const exchange = new Exchange(this.#settings, options);
    const headers = this.#headers(options);
    const idempotencyKey = keyOf(options.idempotencyKey);
    const onRequest: Init["middleware"][number]["onRequest"] = ({ request, schemaPath }) => {
      exchange.operation = `${request.method} ${schemaPath}`;
      if (request.method === "POST") request.headers.set("Idempotency-Key", idempotencyKey);
      return request;
    };
    const init = { fetch: exchange.fetch, headers, middleware: [{ onRequest }] };
    const { data, response } = await readable(exchange, send(this.#http, init));
    return {
      data: data as T,
      status: response.status,
      headers: response.headers,
      etag: response.headers.get("ETag"),
      requestId: response.headers.get("X-Request-Id"),
      bytes: exchange.received.bytes,
      attempts: exchange.attempts,
    };
  }

  #headers(options: AnyOptions): Record<string, string> {
    const headers: Record<string, string> = {};
    const { apiKey } = this.#settings;
    const clientToken = options.clientToken ?? this.#settings.clientToken;
    if (apiKey !== null) headers.Authorization = `Bearer ${apiKey}`;
    if (clientToken !== null) headers["Alignment-Client-Token"] = forHeader("clientToken", clientToken);
    if (options.ifMatch !== undefined) headers["If-Match"] = options.ifMatch;
    if (options.ifNoneMatch !== undefined) headers["If-None-Match"] = options.ifNoneMatch;
    if (options.requestId !== undefined) headers["X-Request-Id"] = forHeader("requestId", options.requestId);
    // A page may not say who it is, and asking to would fail its preflight.
    if (!inBrowser()) headers["User-Agent"] = `alignment-assessment-client-typescript/${VERSION}`;
    return headers;
  }
}

/** A success that is not JSON came from something in front of the service. */
async function readable<T>(exchange: Exchange, reply: Promise<Reply<T>>): Promise<Reply<T>> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw exchange.refuse(exchange.received);
  }
}
