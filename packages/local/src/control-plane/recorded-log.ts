import type { LogLine } from '../lambda/log.ts';
import type { FunctionDefinition } from '../template/functions.ts';

/** A line of a log group. */
export interface LogEvent {
  /** Counts up over all groups. */
  readonly id: number;
  /** When the line was written, in milliseconds since 1970, by the gateway's clock. */
  readonly at: number;
  readonly message: string;
}

/** The latest lines of a group that are kept. A line of a request has about 1 KB. */
const mostEvents = 20_000;

/** What the functions logged since the start, in memory: the latest lines of each log group. */
export class RecordedLog {
  readonly #groupOf: ReadonlyMap<string, string>;
  readonly #events = new Map<string, LogEvent[]>();
  #lines = 0;

  constructor(functions: readonly FunctionDefinition[]) {
    this.#groupOf = new Map(functions.map(({ name, logGroup }) => [name, logGroup]));
  }

  record({ function: name, line }: LogLine, at: number): void {
    const group = this.#groupOf.get(name);
    if (group === undefined) return;
    this.#lines += 1;
    const events = this.#events.get(group) ?? [];
    this.#events.set(group, events);
    events.push({ id: this.#lines, at, message: line });
    // In one go, because moving a long list costs as much as writing it.
    if (events.length >= 2 * mostEvents) events.splice(0, events.length - mostEvents);
  }

  /** Oldest first. */
  eventsOf(group: string): readonly LogEvent[] {
    return this.#events.get(group) ?? [];
  }

  /** All groups' lines. */
  all(): LogEvent[] {
    return [...this.#events.values()].flat();
  }
}
