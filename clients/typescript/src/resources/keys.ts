/** API keys of the account. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, ReadOptions, WriteOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type { ApiKey, KeyRequest, NewKey, RollRequest } from "../types.js";

export class Keys extends Resource {
  /** Make a key. Its text is in the answer, this once. */
  create(body: KeyRequest, options: WriteOptions = {}): Call<NewKey> {
    return this.core.call(options, (http, init) => http.POST("/v1/keys", { ...init, body }));
  }

  list(filters: Filters<"list_keys"> = {}, options: CallOptions = {}): List<ApiKey> {
    return this.core.list(
      options,
      (cursor) => (http, init) => http.GET("/v1/keys", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }

  get(id: string, options: ReadOptions = {}): Call<ApiKey> {
    const params = { path: { key_id: id } };
    return this.core.call(options, (http, init) => http.GET("/v1/keys/{key_id}", { ...init, params }));
  }

  /** Replace a key by a new one; the old one may go on working for a while. */
  roll(id: string, body: RollRequest = {}, options: WriteOptions = {}): Call<NewKey> {
    const params = { path: { key_id: id } };
    return this.core.call(options, (http, init) => http.POST("/v1/keys/{key_id}/roll", { ...init, params, body }));
  }

  revoke(id: string, options: WriteOptions = {}): Call<ApiKey> {
    const params = { path: { key_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/keys/{key_id}/revoke", { ...init, params, body: {} }),
    );
  }
}
