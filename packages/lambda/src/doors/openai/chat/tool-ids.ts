import { toolIdOf } from '../../bedrock-names.ts';

/**
 * The ids that Bedrock knows the calls of a conversation by. It refuses two of the same, and some that models elsewhere
 * give come again in every turn.
 */
export class ToolIds {
  /** The last call that each id of the client's stood for. */
  readonly #known = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** Of a call. */
  called(id: string): string {
    const fitted = toolIdOf(id);
    const known = this.#taken.has(fitted) ? toolIdOf(`${id} ${this.#taken.size}`) : fitted;
    this.#known.set(id, known);
    this.#taken.add(known);
    return known;
  }

  /** A result's id: that of the last call with this id; `undefined` if there was none. */
  answered(id: string): string | undefined {
    return this.#known.get(id);
  }
}
