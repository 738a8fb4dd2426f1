/** Benchmarks: what an edition says of cohorts of organisations. */

import type { Call } from "../call.js";
import type { ReadOptions } from "../options.js";
import type { Query } from "../resource.js";
import { Resource } from "../resource.js";
import type { Benchmarks as Edition } from "../types.js";

export class Benchmarks extends Resource {
  /** The cohorts of a rubric: as of the latest edition, or of `edition`. */
  get(rubric: string, query: Query<"get_benchmarks"> = {}, options: ReadOptions = {}): Call<Edition> {
    const params = { path: { rubric }, query };
    return this.core.call(options, (http, init) => http.GET("/v1/benchmarks/{rubric}", { ...init, params }));
  }
}
