/** Responses: what one person answers to an assessment. */

import type { Call } from "../call.js";
import type { List } from "../list.js";
import type { CallOptions, ChangeOptions, ReadOptions, WriteOptions } from "../options.js";
import type { Filters } from "../resource.js";
import { Resource } from "../resource.js";
import type { NewResponseRequest, Response, ResponseDetails, ResponsePatch } from "../types.js";

export class Responses extends Resource {
  /** Begin a response, or give it whole with `submit: true`. */
  create(assessmentId: string, body: NewResponseRequest, options: WriteOptions = {}): Call<ResponseDetails> {
    const params = { path: { assessment_id: assessmentId } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/assessments/{assessment_id}/responses", { ...init, params, body }),
    );
  }

  /** Who has answered; not what. */
  list(assessmentId: string, filters: Filters<"list_responses"> = {}, options: CallOptions = {}): List<Response> {
    const path = { assessment_id: assessmentId };
    return this.core.list(
      options,
      (cursor) => (http, init) =>
        http.GET("/v1/assessments/{assessment_id}/responses", {
          ...init,
          params: { path, query: { ...filters, ...cursor } },
        }),
    );
  }

  get(assessmentId: string, id: string, options: ReadOptions = {}): Call<ResponseDetails> {
    const params = { path: { assessment_id: assessmentId, response_id: id } };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/assessments/{assessment_id}/responses/{response_id}", { ...init, params }),
    );
  }

  /** Save answers of a draft: they are merged into what is there, null takes one out. */
  update(assessmentId: string, id: string, body: ResponsePatch, options: ChangeOptions): Call<ResponseDetails> {
    const path = { assessment_id: assessmentId, response_id: id };
    const params = { path, header: { "If-Match": options.ifMatch } };
    return this.core.call(options, (http, init) =>
      http.PATCH("/v1/assessments/{assessment_id}/responses/{response_id}", { ...init, params, body }),
    );
  }

  /** Submit a draft, after which it does not change. */
  submit(assessmentId: string, id: string, options: WriteOptions = {}): Call<ResponseDetails> {
    const params = { path: { assessment_id: assessmentId, response_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/assessments/{assessment_id}/responses/{response_id}/submit", { ...init, params, body: {} }),
    );
  }
}
