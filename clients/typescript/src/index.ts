/** What `@alignment-assessment/client` offers. */

export type { Answered, Call } from "./call.js";
export { Client } from "./client.js";
export * from "./errors.js";
export type { Code, components, operations, paths } from "./generated/contract.js";
export type { List, Page } from "./list.js";
export type {
  CallOptions,
  ChangeOptions,
  ClientOptions,
  DeprecationNotice,
  Fetch,
  LogEntry,
  ReadOptions,
  WriteOptions,
} from "./options.js";
export type * from "./types.js";
