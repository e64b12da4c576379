import { parseJson } from '@org/contract';
import type { RequestLog } from '@org/lambda/log/request-log';
import * as z from 'zod/mini';
import type { Observer } from '../aws/observer.ts';
import { Broken } from './broken.ts';
import type { Reply } from './target.ts';

/** A line takes seconds, and in a busy account minutes, from the function to the search. */
const mostSecondsUntilFound = 300;

/** The first wait; each of the next is twice as long, up to half a minute. */
const firstWaitSeconds = 2;
const longestWaitSeconds = 32;

const Amounts = z.object({ requests: z.number(), tokens: z.number(), usd: z.number() });

/** The fields of the function's log line that the proofs read. */
export type RequestLine = z.output<typeof RequestLine>;
const RequestLine = z.object({
  requestId: z.string(),
  usage: z.optional(z.object({ totalTokens: z.number() })),
  charged: z.optional(Amounts),
  firstDeltaMs: z.optional(z.number()),
  totalMs: z.optional(z.number()),
} satisfies Partial<Record<keyof RequestLog, z.ZodMiniType>>);

export interface RunLogOptions {
  readonly observer: Observer;
  /** The function's log group. */
  readonly group: string;
  /** The throwaway team, by which this run's lines are known. */
  readonly team: string;
  /** When the run began: milliseconds since 1970. */
  readonly since: number;
  readonly wait: (ms: number) => Promise<void>;
}

/** The lines that the function wrote of this run's requests. */
export class RunLog {
  /** Ids of the requests that the function has answered. */
  readonly answered = new Set<string>();
  /** What is in the prompts of this run, and the values of its keys and tokens. */
  readonly secrets = new Set<string>();
  /** Ids of the requests whose refusal had one of them. */
  readonly leaked = new Set<string>();
  readonly since: number;
  readonly #options: RunLogOptions;

  constructor(options: RunLogOptions) {
    this.#options = options;
    this.since = options.since;
  }

  /** Notes an answer. */
  note({ status, text }: Reply, requestId: string): void {
    if (status === 200) this.answered.add(requestId);
    else if ([...this.secrets].some((secret) => text.includes(secret))) this.leaked.add(requestId);
  }

  /** All lines so far, by request id. */
  async lines(): Promise<ReadonlyMap<string, RequestLine>> {
    const { observer, group, team, since } = this.#options;
    const search = { pattern: `{ $.team = "${team}" }`, from: since };
    const lines = await observer.logs.search(group, search);
    const read = lines.flatMap((line) => z.safeParse(RequestLine, parseJson(line)).data ?? []);
    return new Map(read.map((line) => [line.requestId, line]));
  }

  /**
   * Waits until the log has the lines of some requests.
   *
   * @throws {Broken} If one is missing after {@link mostSecondsUntilFound}.
   */
  async untilFound(ids: Iterable<string>): Promise<ReadonlyMap<string, RequestLine>> {
    const wanted = [...ids];
    let next = firstWaitSeconds;
    for (let seconds = 0; ; seconds += next, next = Math.min(2 * next, longestWaitSeconds)) {
      const lines = await this.lines();
      const [missing] = wanted.filter((id) => !lines.has(id));
      if (missing === undefined) return lines;
      if (seconds >= mostSecondsUntilFound) {
        throw new Broken(`has no line of request ${missing} after ${seconds} s`);
      }
      await this.#options.wait(next * 1000);
    }
  }
}
