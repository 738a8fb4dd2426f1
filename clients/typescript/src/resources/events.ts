/** Events: what happened, and how far each is on its way to webhook endpoints. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, ReadOptions, WriteOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type { Event, ResendRequest } from "../types.js";

export class Events extends Resource {
  list(filters: Filters<"list_events"> = {}, options: CallOptions = {}): List<Event> {
    return this.core.list(
      options,
      (cursor) => (http, init) => http.GET("/v1/events", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }

  get(id: string, options: ReadOptions = {}): Call<Event> {
    const params = { path: { event_id: id } };
    return this.core.call(options, (http, init) => http.GET("/v1/events/{event_id}", { ...init, params }));
  }

  /** Send an event again, to every endpoint or to one. */
  resend(id: string, body: ResendRequest = {}, options: WriteOptions = {}): Call<Event> {
    const params = { path: { event_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/events/{event_id}/resend", { ...init, params, body }),
    );
  }
}
