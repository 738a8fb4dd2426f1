/** Which language the widget speaks, and how it writes figures and dates in it. */

import { de } from "./de.js";
import { en, type Strings } from "./en.js";
import { es } from "./es.js";
import { fr } from "./fr.js";

export type { Strings } from "./en.js";

export const STRINGS: Record<string, Strings> = { en, de, fr, es };

/** Words and figures in one language. */
export interface Words extends Strings {
  number(value: number, digits?: number): string;
  share(value: number): string;
  date(value: string): string;
  list(values: readonly (string | number)[]): string;
}

/** The two letters of a language tag; null where it begins with none. */
export function languageOf(tag: string): string | null {
  return /^[a-z]{2}(?=$|[-_])/i.exec(tag.trim())?.[0].toLowerCase() ?? null;
}

/** The words of the first of the languages that there are words for. */
export function wordsFor(tags: readonly string[]): Words {
  const strings = tags.map((tag) => STRINGS[languageOf(tag) ?? ""]).find(Boolean) ?? en;
  const { locale } = strings;
  // The reader's own region, so that figures and dates are written as they are used to.
  const tag = navigator.languages.find((each) => languageOf(each) === locale) ?? locale;
  return {
    ...strings,
    number: (value, digits = 0) => value.toLocaleString(tag, { maximumFractionDigits: digits }),
    share: (value) => value.toLocaleString(tag, { style: "percent" }),
    date: (value) => new Date(value).toLocaleDateString(tag, { dateStyle: "long" }),
    list: (values) => new Intl.ListFormat(tag, { type: "disjunction" }).format(values.map(String)),
  };
}
