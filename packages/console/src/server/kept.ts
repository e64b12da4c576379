/** Answers that are good enough for a while, so that many questions at once are one. */
export class Kept<Value> {
  readonly #freshMs: number;
  readonly #answers = new Map<string, { readonly at: number; readonly value: Promise<Value> }>();

  constructor(freshMs: number) {
    this.#freshMs = freshMs;
  }

  /**
   * @param name Which answer.
   * @param now Milliseconds since 1970.
   * @param ask Called if there is none, or only an older one.
   */
  get(name: string, now: number, ask: () => Promise<Value>): Promise<Value> {
    const present = this.#answers.get(name);
    if (present && now - present.at < this.#freshMs) return present.value;
    const asked = { at: now, value: ask() };
    this.#answers.set(name, asked);
    // Asked again next time.
    asked.value.catch(() => {
      if (this.#answers.get(name) === asked) this.#answers.delete(name);
    });
    return asked.value;
  }

  /** What is being asked now may be from before, so it is asked again too. */
  forget(): void {
    this.#answers.clear();
  }
}
