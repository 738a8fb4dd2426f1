/** Checks that a webhook message is what the service signed (Standard Webhooks), by Web Crypto. */

import { NotConfigured, WebhookVerificationError } from "./errors.js";
import type { Event } from "./types.js";

export { NotConfigured, WebhookVerificationError } from "./errors.js";

/**
 * A message: what happened, and to what by id. Read the rest with a client. `id` is the same however often it is sent.
 * Types may be added to the service before this package knows them: let a `switch` have a `default`.
 */
export type WebhookEvent = MessageOf<Event>;

type MessageOf<E extends Event> = E extends Event
  ? Pick<E, "id" | "type" | "data"> & {
      /** When it happened. */
      timestamp: string;
    }
  : never;

export interface VerifyOptions {
  /** Seconds that the message's time may be away from now: 300. */
  tolerance?: number;
}

type HeaderFields = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const VERSION = "v1,";
const SECRET = /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/;

/**
 * The event that a message holds. `body` is what came, as text or bytes, before anything has parsed it; of several
 * secrets one has to fit, as after a rotation. Throws `WebhookVerificationError` for a message that the service did
 * not sign, or whose time is too far from now: answer such a request with 400.
 */
export async function verify(
  body: string | Uint8Array | ArrayBuffer,
  headers: HeaderFields,
  secrets: string | readonly string[],
  { tolerance = 300 }: VerifyOptions = {},
): Promise<WebhookEvent> {
  const content = bytesOf(body);
  const keys = await Promise.all((typeof secrets === "string" ? [secrets] : secrets).map(importKey));
  if (keys.length === 0) throw new NotConfigured("There is no secret to verify the message with.");
  const id = field(headers, "webhook-id");
  const timestamp = field(headers, "webhook-timestamp");
  const signatures = field(headers, "webhook-signature").split(" ").flatMap(readSignature);
  requireRecent(timestamp, tolerance);
  if (!(await anyFits(keys, signatures, joined(`${id}.${timestamp}.`, content)))) {
    throw new WebhookVerificationError("No signature of the message was made with the secret.");
  }
  return { ...readEvent(content), id } as WebhookEvent;
}

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new NotConfigured("`body` has to be the text or the bytes that came; what was parsed has lost them.");
}

/** What is signed: the body's very bytes, behind what names and dates them. */
function joined(head: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const before = new TextEncoder().encode(head);
  const all = new Uint8Array(before.length + content.length);
  all.set(before);
  all.set(content, before.length);
  return all;
}

async function importKey(secret: string): Promise<CryptoKey> {
  if (!SECRET.test(secret)) throw new NotConfigured("The secret is none: it has the form whsec_… and base64.");
  const bits = decode(secret.slice("whsec_".length));
  if (bits === null) throw new NotConfigured("The secret is none: it has the form whsec_… and base64.");
  return crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** One field of the head, whatever the platform keeps it in. */
function field(headers: HeaderFields, name: string): string {
  const found = isHeaders(headers) ? headers.get(name) : lookUp(headers, name);
  if (!found) throw new WebhookVerificationError(`The message has no ${name} header.`);
  return found;
}

/** By what it can do: platforms and packages have several classes of this name. */
function isHeaders(headers: HeaderFields): headers is Headers {
  return typeof headers.get === "function";
}

function lookUp(headers: Exclude<HeaderFields, Headers>, name: string): string | null {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === "string" ? found : (found?.[0] ?? null);
}

function requireRecent(timestamp: string, tolerance: number): void {
  const seconds = /^\d{1,15}$/.test(timestamp) ? Number(timestamp) : NaN;
  const away = Math.abs(Date.now() / 1000 - seconds);
  if (!(away <= tolerance)) {
    throw new WebhookVerificationError(`The message's time is more than ${String(tolerance)} s away from now.`);
  }
}

/** The bytes of a signature; none for one of another version or that is no base64. */
function readSignature(signature: string): Uint8Array<ArrayBuffer>[] {
  const bytes = signature.startsWith(VERSION) ? decode(signature.slice(VERSION.length)) : null;
  return bytes === null ? [] : [bytes];
}

/** `subtle.verify` compares in constant time; all are compared, so that time does not tell which one fitted. */
async function anyFits(
  keys: readonly CryptoKey[],
  signatures: readonly Uint8Array<ArrayBuffer>[],
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const pairs = keys.flatMap((key) => signatures.map((signature) => [key, signature] as const));
  const fits = await Promise.all(pairs.map(([key, signature]) => crypto.subtle.verify("HMAC", key, signature, signed)));
  return fits.includes(true);
}

function readEvent(content: Uint8Array): object {
  let event: unknown;
  try {
    event = JSON.parse(new TextDecoder().decode(content));
  } catch {
    event = null;
  }
  if (typeof event !== "object" || event === null || !("type" in event) || typeof event.type !== "string") {
    throw new WebhookVerificationError("The message is signed, and is no event.");
  }
  return event;
}

function decode(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
