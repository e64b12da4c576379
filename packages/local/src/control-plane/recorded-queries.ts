import { randomUUID } from 'node:crypto';

/** A result of a query: its rows, with their values as CloudWatch writes them, and what it had to read. */
export interface QueryResults {
  readonly results: readonly (readonly { readonly field: string; readonly value: string }[])[];
  readonly statistics: {
    readonly recordsMatched: number;
    readonly recordsScanned: number;
    readonly bytesScanned: number;
  };
}

/** Results that are kept. */
const mostResults = 100;

/** The results of the latest queries of logs, by the id of the query. */
export class RecordedQueries {
  readonly #results = new Map<string, QueryResults>();

  add(results: QueryResults): string {
    const id = randomUUID();
    this.#results.set(id, results);
    const [oldest] = this.#results.keys();
    if (this.#results.size > mostResults && oldest !== undefined) this.#results.delete(oldest);
    return id;
  }

  get(id: string): QueryResults | undefined {
    return this.#results.get(id);
  }
}
