/** How long a read is believed, in milliseconds: a change in the table is noticed at most that much later. */
export const believedForMs = 60_000;

/** More keys than one function instance sees in a minute; beyond that the oldest are forgotten. */
const mostRemembered = 10_000;

/** Reads of the table, believed for a minute. A missing item is looked for again each time. */
export class Believed<Value> {
  readonly #remembered = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #now: () => number;

  /** @param now Milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param read Rejects if the table cannot be read; then nothing is believed. */
  async get(id: string, read: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const known = this.#remembered.get(id);
    if (known && known.until > this.#now()) return known.value;
    this.#remembered.delete(id);

    // Counted from before the read, because the result was true then.
    const from = this.#now();
    const value = await read();
    if (value !== undefined) this.believe(id, value, from);
    return value;
  }

  /**
   * Replaces what is believed.
   *
   * @param from When it was true: milliseconds since 1970.
   */
  believe(id: string, value: Value, from: number): void {
    this.#remembered.delete(id);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(id, { value, until: from + believedForMs });
  }
}
