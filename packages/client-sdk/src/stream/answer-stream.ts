import type { Answer } from '../answer/answer.ts';
import type { StreamEvent } from '../answer/stream-event.ts';
import { rememberCallSite } from '../errors/call-site.ts';
import { AbortedError } from '../errors/errors.ts';

/**
 * An answer while it is written. The request is sent when the stream is first read. It can be read any number of times and
 * in several ways at once; every reading starts with the first event. If the call fails, every reading throws one of
 * `AnyBedrockProxyError`.
 *
 * Leaving a loop over it early (`break`, `return`, `throw`) ends the request, as `abort` does. That does not save money:
 * the proxy reads the answer to its end and charges for it.
 */
export interface AnswerStream<Final extends Answer = Answer>
  extends AsyncIterable<StreamEvent<Final['output']>> {
  /** Only the text, piece by piece. */
  textStream(): AsyncIterable<string>;

  /** The whole answer, as `ask` would have returned it. */
  final(): Promise<Final>;

  /** Ends the request: readings throw `AbortedError`. Does nothing after the end of the answer. */
  abort(): void;
}

/** Takes what comes of a stream. */
export interface StreamReport<Final extends Answer> {
  event(event: StreamEvent<Final['output']>): void;
  final(answer: Final): void;
}

/** Where the events of a stream come from. */
export interface EventSource<Final extends Answer> {
  /** Sends the request, reports what comes, and is done when nothing more will. */
  run(report: StreamReport<Final>): Promise<void>;
  /** Makes `run` fail with `AbortedError`. */
  abort(message: string): void;
}

/** Keeps everything that its source reports, so that a slow reader holds up neither the others nor the source. */
export function createAnswerStream<Final extends Answer>(source: EventSource<Final>): AnswerStream<Final> {
  const locate = rememberCallSite();
  const events: StreamEvent<Final['output']>[] = [];
  let waiting: (() => void)[] = [];
  let whole: Promise<Final> | undefined;
  let ended = false;

  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) {
      resolve();
    }
  };

  const end = (): void => {
    ended = true;
    wake();
  };

  const begin = (run: () => Promise<Final>): Promise<Final> => {
    if (whole === undefined) {
      whole = run();
      // With a handler, so that an unobserved failure does not end the process.
      whole.then(end, end);
    }
    return whole;
  };

  const final = (): Promise<Final> =>
    begin(
      () =>
        new Promise((resolve, reject) => {
          const event = (next: StreamEvent<Final['output']>) => {
            events.push(next);
            wake();
          };
          source.run({ event, final: resolve }).catch((error: unknown) => {
            locate(error);
            reject(error);
          });
        }),
    );

  const abort = (message: string): void => {
    begin(() => Promise.reject(new AbortedError({ message })));
    if (!ended) {
      source.abort(message);
    }
  };

  const read = <Item>(
    pick: (event: StreamEvent<Final['output']>) => Item | undefined,
  ): AsyncIterator<Item, undefined> => {
    let index = 0;
    let left = false;
    const next = async (): Promise<IteratorResult<Item, undefined>> => {
      const outcome = final();
      while (!left) {
        const event = events[index];
        if (event !== undefined) {
          index += 1;
          const value = pick(event);
          if (value !== undefined) {
            return { done: false, value };
          }
        } else if (ended) {
          await outcome;
          break;
        } else {
          await new Promise<void>((resolve) => waiting.push(resolve));
        }
      }
      return { done: true, value: undefined };
    };
    return {
      next: () => {
        const result = next();
        result.catch(() => {});
        return result;
      },
      return: async () => {
        left = true;
        abort('The stream was left before its end.');
        wake();
        return { done: true, value: undefined };
      },
    };
  };

  return {
    [Symbol.asyncIterator]: () => read((event) => event),
    textStream: () => ({
      [Symbol.asyncIterator]: () => read((event) => (event.type === 'delta' ? event.text : undefined)),
    }),
    final,
    abort: () => abort('The stream was ended by abort().'),
  };
}
