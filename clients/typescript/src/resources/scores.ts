/** Scores of answers that nothing is kept of. */

import type { Call } from "../call.js";
import type { WriteOptions } from "../options.js";
import { Resource } from "../resource.js";
import type { BatchAnswer, BatchRequest, Result, ScoreRequest } from "../types.js";

export class Scores extends Resource {
  create(body: ScoreRequest, options: WriteOptions = {}): Call<Result> {
    return this.core.call(options, (http, init) => http.POST("/v1/scores", { ...init, body }));
  }

  /** Up to 1,000 sets of answers: each item of `data` is a `result` or a `problem`, in order. */
  batch(items: BatchRequest["items"], options: WriteOptions = {}): Call<BatchAnswer> {
    return this.core.call(options, (http, init) => http.POST("/v1/scores/batch", { ...init, body: { items } }));
  }
}
