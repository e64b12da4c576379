import {
  type ErrorCode,
  ErrorEnvelopeSchema,
  errorDefinition,
  headers,
  longestCallMs,
  parseJson,
  routes,
} from '@org/contract';
import * as z from 'zod/mini';
import { Broken } from './broken.ts';

export interface Request {
  readonly method?: 'GET' | 'OPTIONS' | 'POST';
  /** Path below the stage. */
  readonly path: string;
  /** Sent as `x-api-key`. Default: none. */
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is. */
  readonly body?: object | string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** When each piece of the body came, in milliseconds after the request was sent. */
  readonly arrivals: readonly number[];
}

/** Longer than any of these calls takes, so that a hanging proxy is reported. */
const timeoutMs = longestCallMs.whole + 10_000;

const mostAttempts = 20;

/** On AWS a new key can take minutes until API Gateway takes it. */
export const mostSecondsUntilTaken = 300;

export interface TargetOptions {
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** Milliseconds between two requests, so that the throttle of the plan lets both through. */
  readonly paceMs: number;
  readonly wait: (ms: number) => Promise<void>;
  /** Called with each whole answer and its request id. */
  readonly onReply: (reply: Reply, requestId: string) => void;
}

/** The API of a deployment, as its callers reach it, and the ids of its answers. */
export class Target {
  readonly requestIds: string[] = [];
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #paceMs: number;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #onReply: TargetOptions['onReply'];

  /** @param url Base URL of the routes. */
  constructor(url: string, { signal, paceMs, wait, onReply }: TargetOptions) {
    this.#url = url.replace(/\/$/, '');
    this.#signal = signal;
    this.#paceMs = paceMs;
    this.#wait = wait;
    this.#onReply = onReply;
  }

  /**
   * Sends a request, and again if it came too fast, while other calls hold the rest of a limit, or while limits cannot be checked.
   *
   * @throws {Broken} If a refusal may be repeated, and does not say after how many seconds.
   */
  async send(request: Request): Promise<Reply> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#wait(this.#paceMs);
      const reply = await this.sendOnce(request);
      const isLater = reply.status === 429 || codeOf(reply) === 'limits_unavailable';
      const mayRepeat = isLater && reply.headers.get(headers.shouldRetry) !== 'false';
      if (!mayRepeat || attempt === mostAttempts) return reply;
      const seconds = reply.headers.get(headers.retryAfter) ?? (reply.status === 429 ? '' : '1');
      if (!/^\d+$/.test(seconds))
        throw new Broken(`answered ${describe(reply)} without ${headers.retryAfter}`);
      await this.#wait(Number(seconds) * 1000);
    }
  }

  /**
   * Waits until the API takes a key.
   *
   * @returns How long that took, for people.
   * @throws {Broken} If it takes longer than {@link mostSecondsUntilTaken}.
   */
  async untilTaken(key: string): Promise<string> {
    for (let second = 0; ; second += 1) {
      const reply = await this.send({ method: 'GET', path: routes.usage.path, key });
      if (reply.status === 200) return `after ${second} s`;
      if (second === mostSecondsUntilTaken) {
        throw new Broken(`a new key is answered ${describe(reply)} after ${second} s`);
      }
      await this.#wait(1000);
    }
  }

  async sendOnce(request: Request): Promise<Reply> {
    const { response, sentAt, id } = await this.#fetch(request, AbortSignal.timeout(timeoutMs));
    const decoder = new TextDecoder();
    const arrivals: number[] = [];
    let text = '';
    for await (const piece of response.body ?? []) {
      arrivals.push(performance.now() - sentAt);
      text += decoder.decode(piece, { stream: true });
    }
    const reply = { status: response.status, headers: response.headers, text, arrivals };
    if (id !== null) this.#onReply(reply, id);
    return reply;
  }

  /**
   * Reads the first piece of an answer and hangs up.
   *
   * @returns The request id.
   */
  async hangUp(request: Request): Promise<string> {
    const caller = new AbortController();
    const { response, id } = await this.#fetch(request, caller.signal);
    if (response.status !== 200) throw new Broken(`answered ${response.status} to a stream`);
    await response.body?.getReader().read();
    caller.abort();
    if (id === null) throw new Broken(`sent no ${headers.requestId}`);
    return id;
  }

  async #fetch({ method = 'POST', path, key, headers: more, body }: Request, ends: AbortSignal) {
    const sentAt = performance.now();
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(key !== undefined && { [headers.apiKey]: key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.any([ends, this.#signal]),
    });
    const id = response.headers.get(headers.requestId);
    if (id !== null) this.requestIds.push(id);
    return { response, sentAt, id };
  }
}

/**
 * Reads a success.
 *
 * @throws {Broken} If it is not a success, or has another form.
 */
export function read<Schema extends z.ZodMiniType>(reply: Reply, schema: Schema): z.output<Schema> {
  if (reply.status !== 200) throw new Broken(`answered ${describe(reply)}, and not 200`);
  const { data, error } = z.safeParse(schema, parseJson(reply.text));
  if (error) throw new Broken(`answered 200 with another body: ${z.prettifyError(error).split('\n')[0]}`);
  return data;
}

/**
 * Checks that a reply is an error of this code, in the one form that errors have.
 *
 * @returns The error.
 * @throws {Broken} If not.
 */
export function refusal(reply: Reply, code: ErrorCode) {
  const { status } = errorDefinition(code);
  const { data } = z.safeParse(ErrorEnvelopeSchema, parseJson(reply.text));
  if (reply.status !== status || data?.error.code !== code) {
    throw new Broken(`answered ${describe(reply)}, and not ${status} ${code}`);
  }
  if (data.request_id !== reply.headers.get(headers.requestId)) {
    throw new Broken(`answered ${code} with an ${headers.requestId} that is not the request_id of the body`);
  }
  return data.error;
}

/** The status, and the code if there is one. Never the body: it may have a prompt in it. */
export function describe(reply: Reply): string {
  return [reply.status, codeOf(reply)].filter((part) => part !== undefined).join(' ');
}

/** The code of an error in the one form that errors have. */
export function codeOf({ text }: Reply): string | undefined {
  return z.safeParse(ErrorEnvelopeSchema, parseJson(text)).data?.error.code;
}
