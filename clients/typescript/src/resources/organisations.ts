/** Organisations: who was assessed, how that went over time, and everything kept of them. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, ChangeOptions, ReadOptions } from "../options.js";
import type { Filters, Query } from "../resource.js";
import { Resource } from "../resource.js";
import type { OrganisationDetails, OrganisationExport, Trend } from "../types.js";

export class Organisations extends Resource {
  list(filters: Filters<"list_organisations"> = {}, options: CallOptions = {}): List<OrganisationDetails> {
    return this.core.list(
      options,
      (cursor) => (http, init) =>
        http.GET("/v1/organisations", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }

  get(id: string, options: ReadOptions = {}): Call<OrganisationDetails> {
    const params = { path: { organisation_id: id } };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/organisations/{organisation_id}", { ...init, params }),
    );
  }

  /** Every completed assessment of one rubric, and what changed from each to the next. */
  trend(id: string, query: Query<"get_trend"> = {}, options: ReadOptions = {}): Call<Trend> {
    const params = { path: { organisation_id: id }, query };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/organisations/{organisation_id}/trend", { ...init, params }),
    );
  }

  /** Everything that is kept of an organisation. */
  export(id: string, options: CallOptions = {}): Call<OrganisationExport> {
    const params = { path: { organisation_id: id } };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/organisations/{organisation_id}/export", { ...init, params }),
    );
  }

  /** Erase an organisation with everything that is kept of it. There is no way back. */
  erase(id: string, options: ChangeOptions): Call<void> {
    const params = { path: { organisation_id: id }, header: { "If-Match": options.ifMatch } };
    return this.core.call(options, (http, init) =>
      http.DELETE("/v1/organisations/{organisation_id}", { ...init, params }),
    );
  }
}
