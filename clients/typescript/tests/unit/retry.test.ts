import { expect, test } from "vitest";
import { isForNow, isUnknown, pause } from "../../src/retry.js";

test("the limit of the wait doubles, up to eight seconds", () => {
  const most = [1, 2, 3, 4, 5, 6, 20].map((failed) => pause(failed, 500, null, () => 1));
  expect(most).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
});

test("a wait is anything between nothing and its limit", () => {
  expect(pause(2, 500, null, () => 0)).toBe(0);
  expect(pause(2, 500, null, () => 0.25)).toBe(250);
});

test("a wait is never shorter than the service asks, in seconds or by date", () => {
  expect(pause(1, 500, "3", () => 0)).toBe(3000);
  expect(pause(1, 500, "3", () => 1)).toBe(3500);
  const soon = pause(1, 500, new Date(Date.now() + 10_000).toUTCString(), () => 0);
  expect(soon).toBeGreaterThan(5_000);
  expect(soon).toBeLessThanOrEqual(10_000);
  expect(pause(1, 500, "Sun, 01 Jan 2017 00:00:00 GMT", () => 0)).toBe(0);
});

test("a header that says nothing changes nothing", () => {
  expect(pause(1, 500, "soon", () => 1)).toBe(500);
});

test("more than a minute is not waited", () => {
  expect(pause(1, 500, "60", () => 0)).toBe(60_000);
  expect(pause(1, 500, "61", () => 0)).toBeNull();
});

test("a conflict is for now only while the same request is being worked on", () => {
  expect(isForNow(409, "request_in_flight")).toBe(true);
  expect(isForNow(409, "assessment_completed")).toBe(false);
  expect(isForNow(500, "internal_error")).toBe(false);
});

test("only what stands in front of the service leaves open what became of a request", () => {
  expect([408, 429, 502, 503, 504].filter(isUnknown)).toEqual([502, 504]);
});
