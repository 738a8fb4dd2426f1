/** Share links: addresses that show the report of an assessment to whoever has them. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, WriteOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type { NewShareLink, ShareLink, ShareLinkRequest } from "../types.js";

export class ShareLinks extends Resource {
  /** Make a link. It is in the answer, this once. */
  create(assessmentId: string, body: ShareLinkRequest = {}, options: WriteOptions = {}): Call<NewShareLink> {
    const params = { path: { assessment_id: assessmentId } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/assessments/{assessment_id}/share_links", { ...init, params, body }),
    );
  }

  list(assessmentId: string, filters: Filters<"list_share_links"> = {}, options: CallOptions = {}): List<ShareLink> {
    const path = { assessment_id: assessmentId };
    return this.core.list(
      options,
      (cursor) => (http, init) =>
        http.GET("/v1/assessments/{assessment_id}/share_links", {
          ...init,
          params: { path, query: { ...filters, ...cursor } },
        }),
    );
  }

  revoke(assessmentId: string, id: string, options: CallOptions = {}): Call<void> {
    const params = { path: { assessment_id: assessmentId, link_id: id } };
    return this.core.call(options, (http, init) =>
      http.DELETE("/v1/assessments/{assessment_id}/share_links/{link_id}", { ...init, params }),
    );
  }
}
