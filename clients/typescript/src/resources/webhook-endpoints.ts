/** Webhook endpoints: where events are sent. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, ChangeOptions, ReadOptions, WriteOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type {
  Event,
  NewWebhookEndpoint,
  RotationRequest,
  WebhookEndpoint,
  WebhookEndpointPatch,
  WebhookEndpointRequest,
} from "../types.js";

export class WebhookEndpoints extends Resource {
  /** Have events sent to an address. What they are signed with is in the answer, this once. */
  create(body: WebhookEndpointRequest, options: WriteOptions = {}): Call<NewWebhookEndpoint> {
    return this.core.call(options, (http, init) => http.POST("/v1/webhook_endpoints", { ...init, body }));
  }

  list(filters: Filters<"list_webhook_endpoints"> = {}, options: CallOptions = {}): List<WebhookEndpoint> {
    return this.core.list(
      options,
      (cursor) => (http, init) =>
        http.GET("/v1/webhook_endpoints", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }

  get(id: string, options: ReadOptions = {}): Call<WebhookEndpoint> {
    const params = { path: { endpoint_id: id } };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/webhook_endpoints/{endpoint_id}", { ...init, params }),
    );
  }

  /** Change an endpoint; what is left out stays. `ifMatch` is the ETag it was read with. */
  update(id: string, body: WebhookEndpointPatch, options: ChangeOptions): Call<WebhookEndpoint> {
    const params = { path: { endpoint_id: id }, header: { "If-Match": options.ifMatch } };
    return this.core.call(options, (http, init) =>
      http.PATCH("/v1/webhook_endpoints/{endpoint_id}", { ...init, params, body }),
    );
  }

  delete(id: string, options: ChangeOptions): Call<void> {
    const params = { path: { endpoint_id: id }, header: { "If-Match": options.ifMatch } };
    return this.core.call(options, (http, init) =>
      http.DELETE("/v1/webhook_endpoints/{endpoint_id}", { ...init, params }),
    );
  }

  /** A new secret, in the answer this once; the old one signs too for a while. */
  rotateSecret(id: string, body: RotationRequest = {}, options: WriteOptions = {}): Call<NewWebhookEndpoint> {
    const params = { path: { endpoint_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/webhook_endpoints/{endpoint_id}/rotate_secret", { ...init, params, body }),
    );
  }

  /** Have a test event sent to an endpoint. */
  test(id: string, options: WriteOptions = {}): Call<Event> {
    const params = { path: { endpoint_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/webhook_endpoints/{endpoint_id}/test", { ...init, params, body: {} }),
    );
  }

  disable(id: string, options: WriteOptions = {}): Call<WebhookEndpoint> {
    const params = { path: { endpoint_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/webhook_endpoints/{endpoint_id}/disable", { ...init, params, body: {} }),
    );
  }

  enable(id: string, options: WriteOptions = {}): Call<WebhookEndpoint> {
    const params = { path: { endpoint_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/webhook_endpoints/{endpoint_id}/enable", { ...init, params, body: {} }),
    );
  }
}
