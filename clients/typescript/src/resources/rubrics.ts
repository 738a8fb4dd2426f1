/** Rubrics: the questions, and how answers become a score. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, ReadOptions } from "../options.js";
import type { Filters, Query } from "../resource.js";
import { Resource } from "../resource.js";
import type { components } from "../generated/contract.js";
import type { Rubric } from "../types.js";

type RubricSummary = components["schemas"]["RubricPage"]["data"][number];

export class Rubrics extends Resource {
  list(filters: Filters<"list_rubrics"> = {}, options: CallOptions = {}): List<RubricSummary> {
    return this.core.list(
      options,
      (cursor) => (http, init) => http.GET("/v1/rubrics", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }

  /** The latest version of a rubric. */
  latest(id: string, query: Query<"get_latest_rubric"> = {}, options: ReadOptions = {}): Call<Rubric> {
    const params = { path: { rubric_id: id }, query };
    return this.core.call(options, (http, init) => http.GET("/v1/rubrics/{rubric_id}", { ...init, params }));
  }

  /** A version of a rubric, which never changes. */
  get(id: string, version: string, query: Query<"get_rubric"> = {}, options: ReadOptions = {}): Call<Rubric> {
    const params = { path: { rubric_id: id, version }, query };
    return this.core.call(options, (http, init) => http.GET("/v1/rubrics/{rubric_id}/{version}", { ...init, params }));
  }
}
