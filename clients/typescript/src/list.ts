/** Lists that come in pages: read them item by item, page by page, or the first page alone. */

import type { Answered, Call } from "./call.js";

/** One page, as the API answers it. */
export interface Page<T> {
  data: T[];
  has_more: boolean;
  next_cursor: string | null;
}

/**
 * `for await (const item of list)` reads every item, asking for pages as it gets to them; `list.pages()` the same page
 * by page; `await list` the first page alone.
 */
export class List<T> implements AsyncIterable<T>, PromiseLike<Page<T>> {
  readonly #ask: (cursor: string | undefined) => Call<Page<T>>;
  #first: Call<Page<T>> | undefined;

  constructor(ask: (cursor: string | undefined) => Call<Page<T>>) {
    this.#ask = ask;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page = await this.#ask(undefined);
    yield page;
    while (page.next_cursor !== null) {
      page = await this.#ask(page.next_cursor);
      yield page;
    }
  }

  // A list is awaited for its first page.
  then<R = Page<T>, E = never>(
    kept?: ((page: Page<T>) => R | PromiseLike<R>) | null,
    broken?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#firstPage().then(kept, broken);
  }

  /** The first page with the answer around it. */
  withResponse(): Promise<Answered<Page<T>>> {
    return this.#firstPage().withResponse();
  }

  #firstPage(): Call<Page<T>> {
    return (this.#first ??= this.#ask(undefined));
  }
}
