/** What all resources share: what they send by, out of sight. */

import type { Core } from "./core.js";
import type { operations } from "./generated/contract.js";

/** What a list can be narrowed by; its cursor is the list's own business. */
export type Filters<Operation extends keyof operations> = Omit<
  NonNullable<operations[Operation]["parameters"]["query"]>,
  "cursor"
>;

/** What an address can be asked with after its `?`. */
export type Query<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

export abstract class Resource {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  protected get core(): Core {
    return this.#core;
  }
}
