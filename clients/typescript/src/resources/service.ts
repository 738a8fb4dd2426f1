/** The service itself: whether it runs, and the error codes that it knows. */

import type { Call } from "../call.js";
import type { CallOptions, ReadOptions } from "../options.js";
import { Resource } from "../resource.js";
import type { ErrorCode, ErrorCodes, Health, Readiness } from "../types.js";

export class Service extends Resource {
  /** Whether the process answers. */
  health(options: CallOptions = {}): Call<Health> {
    return this.core.call(options, (http, init) => http.GET("/health", init));
  }

  /** Whether requests can be served. */
  readiness(options: CallOptions = {}): Call<Readiness> {
    return this.core.call(options, (http, init) => http.GET("/ready", init));
  }

  /** The OpenAPI document. */
  contract(options: ReadOptions = {}): Call<Record<string, unknown>> {
    return this.core.call(options, (http, init) => http.GET("/openapi.json", init));
  }

  /** Every code that a problem can have, with what to do. */
  errorCodes(options: CallOptions = {}): Call<ErrorCodes> {
    return this.core.call(options, (http, init) => http.GET("/v1/errors", init));
  }

  errorCode(code: string, options: CallOptions = {}): Call<ErrorCode> {
    return this.core.call(options, (http, init) =>
      http.GET("/v1/errors/{code}", { ...init, params: { path: { code } } }),
    );
  }
}
