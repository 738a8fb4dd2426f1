import { describe, expect, it } from "vitest";
import { languageOf, STRINGS, wordsFor } from "../src/strings/index.js";

/** Every text, with 1 or "x" in its gaps. */
function texts(words: object): string[] {
  return Object.values(words).flatMap((value) => {
    if (typeof value === "string") return [value];
    return typeof value === "function"
      ? [(value as (...gaps: string[]) => string)("1", "2", "3")]
      : texts(value as object);
  });
}

describe.each(Object.entries(STRINGS))("the words in %s", (locale, strings) => {
  it("say their language", () => expect(strings.locale).toBe(locale));

  it("are all there", () => {
    expect(texts(strings).length).toBe(texts(STRINGS.en ?? {}).length);
    expect(texts(strings).filter((text) => !text.trim() || text.includes("undefined"))).toEqual([]);
  });

  it("use every gap", () => {
    expect(strings.progress(3, 12)).toMatch(/3.*12/);
    expect(strings.rating(2, 4, "Defined")).toMatch(/2.*4.*Defined/);
    expect(strings.range("40.1", "52.5")).toMatch(/40\.1.*52\.5/);
  });
});

it.each([
  ["de-AT", "de"],
  ["FR", "fr"],
  ["es_MX", "es"],
  ["english", null],
  ["", null],
])("the language of %j is %j", (tag, language) => expect(languageOf(tag)).toBe(language));

it("the first language that there are words for is spoken, else English", () => {
  expect(wordsFor(["it", "de-CH", "fr"]).locale).toBe("de");
  expect(wordsFor(["it"]).locale).toBe("en");
});
