import { describe, expect, it } from "vitest";
import { readToFrame, readToPage } from "../src/messages.js";

const HELLO = {
  alignment: 1,
  type: "hello",
  attributes: { invitation: "alm_inv_x", "target-level": "3" },
  look: { "--alignment-accent": "#123456" },
};

describe("what a page says to its frame", () => {
  it.each([
    HELLO,
    { alignment: 1, type: "theme", theme: "dark", look: {} },
    { alignment: 1, type: "method", method: "restart" },
  ])("is taken as it is: %j", (message: unknown) => expect(readToFrame(message)).toBe(message));

  it.each<{ data: unknown }>(
    [
      null,
      "hello",
      [],
      {},
      { ...HELLO, alignment: 2 },
      { ...HELLO, alignment: "1" },
      { ...HELLO, type: "bye" },
      { ...HELLO, type: "constructor" },
      { ...HELLO, type: ["hello"] },
      { ...HELLO, more: 1 },
      { ...HELLO, attributes: { onload: "x" } },
      { ...HELLO, attributes: { api: "https://attacker.example" } },
      { ...HELLO, attributes: { "publishable-key": "alm_pk_live_x" } },
      { ...HELLO, attributes: { invitation: 1 } },
      { ...HELLO, attributes: { invitation: "x".repeat(10_000) } },
      { ...HELLO, attributes: null },
      { ...HELLO, look: { "background-image": "url(x)" } },
      { ...HELLO, look: { "--other": "red" } },
      { ...HELLO, metadata: {} },
      { alignment: 1, type: "theme", theme: "auto", look: {} },
      { alignment: 1, type: "method", method: "remove" },
      { alignment: 1, type: "method", constructor: "start" },
      { alignment: 1, type: "method" },
    ].map((data: unknown) => ({ data })),
  )("is nothing else: $data", ({ data }) => expect(readToFrame(data)).toBeNull());
});

describe("what a frame says to its page", () => {
  it.each([
    { alignment: 1, type: "ready" },
    { alignment: 1, type: "height", height: 812 },
    { alignment: 1, type: "view", top: -4.5, bottom: 20 },
    { alignment: 1, type: "state", state: "review", answers: { "kpi-set": "separate" } },
    { alignment: 1, type: "event", event: "assessment-started", detail: { rubric: "alignment-quick" } },
  ])("is taken as it is: %j", (message: unknown) => expect(readToPage(message)).toBe(message));

  it.each<{ data: unknown }>(
    [
      { alignment: 1, type: "ready", extra: true },
      { alignment: 1, type: "height", height: "812px" },
      { alignment: 1, type: "height", height: Number.NaN },
      { alignment: 1, type: "height", height: Number.POSITIVE_INFINITY },
      { alignment: 1, type: "state", state: "hacked", answers: {} },
      { alignment: 1, type: "state", state: "review", answers: [] },
      { alignment: 1, type: "event", event: "click", detail: {} },
      { alignment: 1, type: "event", event: "assessment-started", detail: null },
      { type: "ready" },
      undefined,
    ].map((data: unknown) => ({ data })),
  )("is nothing else: $data", ({ data }) => expect(readToPage(data)).toBeNull());
});
