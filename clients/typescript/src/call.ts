/** What a method returns: a promise of the data, which can tell of the answer around it. */

/** An answer: what it says, and how it came. */
export interface Answered<T> {
  data: T;
  status: number;
  headers: Headers;
  /** Names this state of a single resource: for `ifMatch` and `ifNoneMatch`. */
  etag: string | null;
  requestId: string | null;
  /** The body, as it came. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How often it was tried. */
  attempts: number;
}

export type Call<T> = Promise<T> & {
  /** The answer with its status, headers and bytes. Sends nothing anew. */
  withResponse(): Promise<Answered<T>>;
};

export function callOf<T>(answered: Promise<Answered<T>>): Call<T> {
  const data = answered.then((answer) => answer.data);
  const withResponse = (): Promise<Answered<T>> => {
    // Who asks for the answer hears of a failure there, and not a second time from a promise that nobody looks at.
    data.catch(() => undefined);
    return answered;
  };
  return Object.assign(data, { withResponse });
}
