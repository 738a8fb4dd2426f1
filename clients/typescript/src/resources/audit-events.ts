/** Audit events: who did what with the account. */

import type { List } from "../list.js";
import type { CallOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type { AuditEvent } from "../types.js";

export class AuditEvents extends Resource {
  list(filters: Filters<"list_audit_events"> = {}, options: CallOptions = {}): List<AuditEvent> {
    return this.core.list(
      options,
      (cursor) => (http, init) =>
        http.GET("/v1/audit_events", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }
}
