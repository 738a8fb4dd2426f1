/** The inside of a frame: makes the element, and speaks with the page around it if its key knows that page's origin. */

import type { AlignmentAssessmentElement } from "./public.js";
import { EVENTS, readToFrame, type ToFrame, type ToPage } from "./messages.js";

interface Page {
  window: Window;
  origin: string;
}

/** Hears the page's first message and answers nobody else. */
function listen(): void {
  const origins = (document.body.dataset.origins ?? "").split(" ").filter(Boolean);
  let page: Page | null = null;
  let element: AlignmentAssessmentElement | null = null;
  addEventListener("message", (event) => {
    if (window.parent === window || event.source !== window.parent) return;
    if (!origins.includes(event.origin) || (page && event.origin !== page.origin)) return;
    const message = readToFrame(event.data);
    if (!message) return;
    if (message.type !== "hello") {
      if (element) obey(element, message);
    } else if (!page) {
      page = { window: window.parent, origin: event.origin };
      element = build(message);
      speak(element, page);
      document.body.append(element);
    }
  });
}

function build({ attributes, look }: ToFrame & { type: "hello" }): AlignmentAssessmentElement {
  const { publishableKey = "", rubric = "", locale = "", theme = "" } = document.body.dataset;
  const element = document.createElement("alignment-assessment");
  const given = { "publishable-key": publishableKey, rubric, locale, ...attributes };
  for (const [name, value] of Object.entries(given)) if (value) element.setAttribute(name, value);
  paint(element, theme === "dark" ? "dark" : "light", look);
  return element;
}

function obey(element: AlignmentAssessmentElement, message: ToFrame): void {
  if (message.type === "method") element[message.method]();
  if (message.type === "theme") paint(element, message.theme, message.look);
}

function paint(element: AlignmentAssessmentElement, theme: "light" | "dark", look: Record<string, string>): void {
  for (const [name, value] of Object.entries(look)) element.style.setProperty(name, value);
  element.theme = theme;
  document.documentElement.style.setProperty("color-scheme", theme);
}

function speak(element: AlignmentAssessmentElement, page: Page): void {
  const post = (message: ToPage): void => page.window.postMessage(message, page.origin);
  let told = "";
  const tell = (): void => {
    const state = { state: element.state, answers: element.getAnswers() };
    const text = JSON.stringify(state);
    if (text !== told) post({ alignment: 1, type: "state", ...state });
    told = text;
  };
  for (const event of EVENTS) {
    element.addEventListener(event, (told) => {
      tell();
      post({ alignment: 1, type: "event", event, detail: (told as CustomEvent<object>).detail });
    });
  }
  element.addEventListener("focusin", (event) => {
    tell();
    const { top, bottom } = (event.composedPath()[0] as Element).getBoundingClientRect();
    post({ alignment: 1, type: "view", top, bottom });
  });
  new ResizeObserver(() => {
    tell();
    post({ alignment: 1, type: "height", height: Math.ceil(element.getBoundingClientRect().height) });
  }).observe(element);
  post({ alignment: 1, type: "ready" });
}

listen();
