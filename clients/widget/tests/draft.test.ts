import { beforeEach, describe, expect, it } from "vitest";
import { type Draft, Drafts } from "../src/draft.js";

const DAY = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 10, 22);
const PARTS = ["https://service.example", "alm_pk_live_x", "alignment-quick", "", "alm_inv_secret"];

function draft(more: Partial<Draft> = {}): Draft {
  const about = { organisation: "Harbour & Vine", function: "", seniority: "", contribute: false };
  const entries = { "sla-agreement": { chosen: ["habit"], note: "" } };
  const rest = { dirty: [], at: "sla-agreement", submission: null, completed: null };
  return { format: 1, rubric: "alignment-quick@2026.2", saved: NOW, about, entries, ...rest, ...more };
}

beforeEach(() => localStorage.clear());

describe("a draft", () => {
  it("is found again", () => {
    expect(new Drafts(PARTS).save(draft())).toBe(true);
    expect(new Drafts(PARTS).load(NOW)).toEqual(draft());
  });

  it("does not write down what opens an invitation", () => {
    new Drafts(PARTS).save(draft());
    expect(JSON.stringify(Object.entries(localStorage))).not.toContain("alm_inv_secret");
  });

  it.each([0, 1, 2, 3, 4])("is nobody else's: part %i tells it apart", (at) => {
    new Drafts(PARTS).save(draft());
    expect(new Drafts(PARTS.map((part, place) => (place === at ? `${part}2` : part))).load(NOW)).toBeNull();
  });

  it("is gone after a month", () => {
    new Drafts(PARTS).save(draft());
    expect(new Drafts(PARTS).load(NOW + 31 * DAY)).toBeNull();
    expect(localStorage.length).toBe(0);
  });

  it("of another format is not read", () => {
    new Drafts(PARTS).save({ ...draft(), format: 2 });
    expect(new Drafts(PARTS).load(NOW)).toBeNull();
  });

  it("that is no JSON is not read", () => {
    new Drafts(PARTS).save(draft());
    localStorage.setItem(localStorage.key(0) ?? "", "{");
    expect(new Drafts(PARTS).load(NOW)).toBeNull();
  });

  it("forgets the way to a result after its day", () => {
    const completed = { assessment: "asmt_1", token: "t", until: NOW + DAY };
    new Drafts(PARTS).save(draft({ completed }));
    expect(new Drafts(PARTS).load(NOW + DAY - 1)?.completed).toEqual(completed);
    expect(new Drafts(PARTS).load(NOW + DAY + 1)?.completed).toBeNull();
  });

  it("does without a storage that is blocked or full", () => {
    const blocked = new Drafts(PARTS, () => {
      throw new DOMException("SecurityError");
    });
    expect(blocked.save(draft())).toBe(false);
    expect(blocked.load(NOW)).toBeNull();
    blocked.clear();
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException("QuotaExceededError");
      },
    };
    expect(new Drafts(PARTS, () => full as unknown as Storage).save(draft())).toBe(false);
  });
});
