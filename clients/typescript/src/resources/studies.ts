/** Studies: the published figures that rubrics rest on. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, ReadOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type { Study } from "../types.js";

export class Studies extends Resource {
  list(filters: Filters<"list_studies"> = {}, options: CallOptions = {}): List<Study> {
    return this.core.list(
      options,
      (cursor) => (http, init) => http.GET("/v1/studies", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }

  get(id: string, options: ReadOptions = {}): Call<Study> {
    const params = { path: { study_id: id } };
    return this.core.call(options, (http, init) => http.GET("/v1/studies/{study_id}", { ...init, params }));
  }
}
