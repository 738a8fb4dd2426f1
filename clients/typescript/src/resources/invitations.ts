/** Invitations: single-use links by which people answer an assessment. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, WriteOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type { Invitation, InvitationRequest, NewInvitations } from "../types.js";

export class Invitations extends Resource {
  /** Invite people of one function. The links are in the answer, this once. */
  create(assessmentId: string, body: InvitationRequest, options: WriteOptions = {}): Call<NewInvitations> {
    const params = { path: { assessment_id: assessmentId } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/assessments/{assessment_id}/invitations", { ...init, params, body }),
    );
  }

  /** Who is missing. */
  list(assessmentId: string, filters: Filters<"list_invitations"> = {}, options: CallOptions = {}): List<Invitation> {
    const path = { assessment_id: assessmentId };
    return this.core.list(
      options,
      (cursor) => (http, init) =>
        http.GET("/v1/assessments/{assessment_id}/invitations", {
          ...init,
          params: { path, query: { ...filters, ...cursor } },
        }),
    );
  }

  revoke(assessmentId: string, id: string, options: CallOptions = {}): Call<void> {
    const params = { path: { assessment_id: assessmentId, invitation_id: id } };
    return this.core.call(options, (http, init) =>
      http.DELETE("/v1/assessments/{assessment_id}/invitations/{invitation_id}", { ...init, params }),
    );
  }
}
