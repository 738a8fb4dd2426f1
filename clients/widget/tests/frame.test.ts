import { render } from "lit/html.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Framed } from "../src/frame.js";
import type { Host, Setup } from "../src/surface.js";

const SERVICE = "https://service.example/in";
const SETUP: Setup = {
  api: SERVICE,
  key: "alm_pk_live_x",
  rubric: "alignment-quick",
  invitation: "alm_inv_x",
  assessment: "",
  clientToken: "",
  organisation: "",
  industry: "",
  size: "",
  functions: [],
  targetLevel: null,
  languages: ["de-AT"],
};

/** The element around the frame. */
class Page extends HTMLElement implements Host {
  readonly events: [string, unknown][] = [];
  drawn = 0;
  readonly said: string[] = [];
  redraw(): void {
    this.drawn++;
  }
  announce(text: string): void {
    this.said.push(text);
  }
  emit(name: string, detail: unknown): void {
    this.events.push([name, detail]);
  }
}
customElements.define("test-page", Page);

let page: Page;
let framed: Framed;
let frame: HTMLIFrameElement;
let said: ReturnType<typeof vi.fn>;

/** A message as it arrives: from the frame's window and the service's origin, unless it says otherwise. */
function arrive(data: unknown, from: Partial<MessageEventInit> = {}): void {
  const init = { data, source: frame.contentWindow, origin: "https://service.example", ...from };
  window.dispatchEvent(new MessageEvent("message", init));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  page = new Page();
  page.setAttribute("invitation", "alm_inv_x");
  document.body.append(page);
  framed = new Framed(page, SETUP);
  framed.open();
  render(framed.render(), page);
  frame = page.querySelector("iframe")!;
  said = vi.spyOn(frame.contentWindow!, "postMessage").mockImplementation(() => undefined) as never;
  frame.dispatchEvent(new Event("load"));
});

afterEach(() => {
  framed.close();
  page.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the frame", () => {
  it("has the key in its address and what is private in a message to the service alone", () => {
    expect(frame.src).toBe(`${SERVICE}/widget/v1/frame?key=alm_pk_live_x&rubric=alignment-quick&locale=de&theme=light`);
    expect(frame.getAttribute("allow")).toBe("");
    expect(frame.getAttribute("sandbox")).toBe(
      "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
    );
    expect(said).toHaveBeenCalledTimes(1);
    const [message, target] = said.mock.calls[0] as [Record<string, unknown>, string];
    expect(target).toBe("https://service.example");
    expect(message).toMatchObject({
      alignment: 1,
      type: "hello",
      attributes: { invitation: "alm_inv_x" },
    });
  });

  it("is heard: its height, state and events", () => {
    arrive({ alignment: 1, type: "height", height: 812 });
    arrive({ alignment: 1, type: "state", state: "review", answers: { "kpi-set": "separate" } });
    arrive({ alignment: 1, type: "event", event: "assessment-started", detail: { rubric: "alignment-quick" } });
    expect(frame.style.getPropertyValue("block-size")).toBe("812px");
    expect([framed.state, framed.getAnswers()]).toEqual(["review", { "kpi-set": "separate" }]);
    expect(page.events).toEqual([["assessment-started", { rubric: "alignment-quick" }]]);
  });

  it.each([
    ["another origin", { origin: "https://attacker.example" }],
    ["an origin that only begins like it", { origin: "https://service.example.attacker.example" }],
    ["no origin", { origin: "null" }],
    ["the page itself", { source: window }],
    ["nobody", { source: null }],
  ])("is not mistaken for %s", (_, from) => {
    arrive({ alignment: 1, type: "event", event: "assessment-completed", detail: {} }, from);
    arrive({ alignment: 1, type: "state", state: "result", answers: {} }, from);
    expect([page.events, framed.state]).toEqual([[], "loading"]);
  });

  it("grows only so far", () => {
    arrive({ alignment: 1, type: "height", height: 1e9 });
    expect(frame.style.getPropertyValue("block-size")).toBe("30000px");
  });

  it("is told what the page wants of it", () => {
    framed.start();
    framed.restart();
    framed.submit();
    const methods = said.mock.calls
      .slice(1)
      .map(([message, target]) => [(message as { method: string }).method, target as string]);
    expect(methods).toEqual(["start", "restart", "submit"].map((name) => [name, "https://service.example"]));
  });

  it("is given up where it does not answer, and the owner is told why", () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.advanceTimersByTime(15_000);
    expect(framed.state).toBe("failure");
    expect(page.events).toMatchObject([["assessment-error", { problem: { code: "misconfigured", status: 0 } }]]);
    expect(told.mock.calls[0]?.[0]).toContain("frame-src of this page https://service.example");
  });

  it("is not given up once it has answered", () => {
    arrive({ alignment: 1, type: "ready" });
    vi.advanceTimersByTime(60_000);
    expect([framed.state, page.events]).toEqual(["loading", []]);
  });

  it("is not heard after it was closed", () => {
    framed.close();
    arrive({ alignment: 1, type: "state", state: "result", answers: {} });
    expect(framed.state).toBe("loading");
  });
});
