/** What the service says of operations that it will take away (RFC 9745 and RFC 8594). */

import type { DeprecationNotice } from "./options.js";

type Told = (notice: DeprecationNotice) => void;

/** `address` is what was asked, which links start from. */
export function noticeOf(operation: string, address: string, headers: Headers): DeprecationNotice | null {
  const deprecation = headers.get("Deprecation");
  const sunset = headers.get("Sunset");
  if (deprecation === null && sunset === null) return null;
  const found = /<([^>]+)>\s*;\s*rel="?(?:deprecation|sunset)"?/.exec(headers.get("Link") ?? "")?.[1];
  const link = found !== undefined && URL.canParse(found, address) ? new URL(found, address).href : null;
  return { operation, deprecated: readSeconds(deprecation), sunset: readDate(sunset), link };
}

/** The same, told once of each operation. */
export function once(told: Told): Told {
  const known = new Set<string>();
  return (notice) => {
    if (known.has(notice.operation)) return;
    known.add(notice.operation);
    told(notice);
  };
}

/** A date of structured fields: `@` and seconds since 1970. */
function readSeconds(value: string | null): Date | null {
  const seconds = /^@(-?\d+)$/.exec(value?.trim() ?? "");
  return seconds ? new Date(Number(seconds[1]) * 1000) : null;
}

function readDate(value: string | null): Date | null {
  const milliseconds = Date.parse(value ?? "");
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds);
}
