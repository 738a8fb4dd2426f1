/** Assessments: one round for one organisation, with its result and report. */

import type { Call } from "../call.js";
import { PreconditionFailed } from "../errors.js";
import type { List } from "../list.js";
import type { CallOptions, ChangeOptions, ReadOptions, WriteOptions } from "../options.js";
import type { Filters, Query } from "../resource.js";
import { Resource } from "../resource.js";
import type {
  Assessment,
  AssessmentBenchmark,
  AssessmentChange,
  AssessmentPatch,
  AssessmentRequest,
  Result,
} from "../types.js";

/** How often `edit` reads again what somebody else has changed in the meantime. */
const EDITS = 5;

export class Assessments extends Resource {
  /** Create an assessment. With `responses` and `complete: true` its result is in the answer. */
  create(body: AssessmentRequest, options: WriteOptions = {}): Call<Assessment> {
    return this.core.call(options, (http, init) => http.POST("/v1/assessments", { ...init, body }));
  }

  /** List assessments, newest first. */
  list(filters: Filters<"list_assessments"> = {}, options: CallOptions = {}): List<Assessment> {
    return this.core.list(
      options,
      (cursor) => (http, init) =>
        http.GET("/v1/assessments", { ...init, params: { query: { ...filters, ...cursor } } }),
    );
  }

  get(id: string, options: ReadOptions = {}): Call<Assessment> {
    return this.core.call(options, (http, init) =>
      http.GET("/v1/assessments/{assessment_id}", { ...init, params: { path: { assessment_id: id } } }),
    );
  }

  /** Change an assessment; what is left out stays. `ifMatch` is the ETag it was read with. */
  update(id: string, body: AssessmentPatch, options: ChangeOptions): Call<Assessment> {
    const params = { path: { assessment_id: id }, header: { "If-Match": options.ifMatch } };
    return this.core.call(options, (http, init) =>
      http.PATCH("/v1/assessments/{assessment_id}", { ...init, params, body }),
    );
  }

  /** Read, change and write an assessment; anew where somebody else has changed it in the meantime. */
  async edit(
    id: string,
    change: (current: Assessment) => AssessmentPatch,
    options: CallOptions = {},
  ): Promise<Assessment> {
    for (let tries = 1; ; tries++) {
      const { data, etag } = await this.get(id, options).withResponse();
      try {
        // Without an ETag, which a proxy may have taken away, the service refuses rather than overwrite.
        return await this.update(id, change(data), { ...options, ifMatch: etag ?? "" });
      } catch (error) {
        if (!(error instanceof PreconditionFailed) || tries === EDITS) throw error;
      }
    }
  }

  delete(id: string, options: ChangeOptions): Call<void> {
    const params = { path: { assessment_id: id }, header: { "If-Match": options.ifMatch } };
    return this.core.call(options, (http, init) => http.DELETE("/v1/assessments/{assessment_id}", { ...init, params }));
  }

  /** Score the submitted responses, and close the assessment. */
  complete(id: string, options: WriteOptions = {}): Call<Assessment> {
    const params = { path: { assessment_id: id } };
    return this.core.call(options, (http, init) =>
      http.POST("/v1/assessments/{assessment_id}/complete", { ...init, params, body: {} }),
    );
  }

  /** The stored result, which never changes. */
  result(id: string, options: ReadOptions = {}): Call<Result> {
    const params = { path: { assessment_id: id } };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/assessments/{assessment_id}/result", { ...init, params }),
    );
  }

  /** What has changed since an earlier assessment of the organisation. */
  change(id: string, query: Query<"get_change"> = {}, options: ReadOptions = {}): Call<AssessmentChange> {
    const params = { path: { assessment_id: id }, query };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/assessments/{assessment_id}/change", { ...init, params }),
    );
  }

  /** Where the score stands among others. */
  benchmark(
    id: string,
    query: Query<"get_assessment_benchmark"> = {},
    options: ReadOptions = {},
  ): Call<AssessmentBenchmark> {
    const params = { path: { assessment_id: id }, query };
    return this.core.call(options, (http, init) =>
      http.GET("/v1/assessments/{assessment_id}/benchmark", { ...init, params }),
    );
  }

  /** The report for reading and printing: the bytes of a PDF, or a page as text. */
  report(
    id: string,
    query?: Query<"get_report"> & { format?: "pdf" },
    options?: ReadOptions,
  ): Call<Uint8Array<ArrayBuffer>>;
  report(id: string, query: Query<"get_report"> & { format: "html" }, options?: ReadOptions): Call<string>;
  report(
    id: string,
    { format = "pdf", ...query }: Query<"get_report"> & { format?: "pdf" | "html" } = {},
    options: ReadOptions = {},
  ): Call<Uint8Array<ArrayBuffer>> | Call<string> {
    const params = { path: { assessment_id: id }, query };
    const route = "/v1/assessments/{assessment_id}/report";
    if (format === "html") {
      return this.core.call(options, (http, init) =>
        http.GET(route, { ...init, params, headers: { ...init.headers, Accept: "text/html" }, parseAs: "text" }),
      );
    }
    return this.core.call(options, async (http, init) => {
      const headers = { ...init.headers, Accept: "application/pdf" };
      const { data, response } = await http.GET(route, { ...init, params, headers, parseAs: "arrayBuffer" });
      return { data: new Uint8Array(data ?? new ArrayBuffer()), response };
    });
  }
}
