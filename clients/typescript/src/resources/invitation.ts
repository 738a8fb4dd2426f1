/** What an invited person does, with the token of the invitation as `apiKey`. */

import type { Call } from "../call.js";
import type { CallOptions, ReadOptions, WriteOptions } from "../options.js";
import { Resource } from "../resource.js";
import type { OwnInvitation, OwnResponse, OwnResponsePatch } from "../types.js";

/** The first answers are saved with `ifNoneMatch: "*"`, later ones with the ETag that they were read with. */
export interface SaveOptions extends CallOptions {
  ifMatch?: string;
  ifNoneMatch?: string;
}

export class OwnAnswers extends Resource {
  /** Who invites, to what, and how far it has come. */
  get(options: ReadOptions = {}): Call<OwnInvitation> {
    return this.core.call(options, (http, init) => http.GET("/v1/invitation", init));
  }

  /** What was answered so far. */
  getResponse(options: ReadOptions = {}): Call<OwnResponse> {
    return this.core.call(options, (http, init) => http.GET("/v1/invitation/response", init));
  }

  /** Save answers: they are merged into what is there, null takes one out. */
  updateResponse(body: OwnResponsePatch, options: SaveOptions): Call<OwnResponse> {
    return this.core.call(options, (http, init) => http.PATCH("/v1/invitation/response", { ...init, body }));
  }

  /** Submit the answers, after which they do not change. */
  submit(options: WriteOptions = {}): Call<OwnInvitation> {
    return this.core.call(options, (http, init) => http.POST("/v1/invitation/response/submit", { ...init, body: {} }));
  }
}
