/** What an error is made from; the fields are those of `BedrockProxyError`. Useful to make errors in tests. */
export interface ErrorFacts {
  /** What happened and what to do. */
  readonly message: string;
  /** The HTTP status of the response. */
  readonly status?: number | undefined;
  /** Finds the call in the logs of the proxy. */
  readonly requestId?: string | undefined;
  /** Default: 0. */
  readonly attempts?: number | undefined;
  /** Default: false. */
  readonly retryable?: boolean | undefined;
  /** In milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** A code that this version does not know. */
  readonly serverCode?: string | undefined;
  /** What led to it. */
  readonly cause?: unknown;
}

const ordinaryHasInstance = Function.prototype[Symbol.hasInstance];

/**
 * Makes `instanceof` work across copies of this package (its ESM and its CommonJS file, or two versions), and gives the
 * class and its errors a name that survives minifying.
 */
export function identify(errorClass: { readonly prototype: object }, name: string): void {
  const mark = Symbol.for(`@org/bedrock-client/${name}`);
  const named = { value: name, configurable: true, writable: true };
  Object.defineProperties(errorClass.prototype, { [mark]: { value: true }, name: named });
  // Node and its inspect name an error after its class too: `e [QuotaExceededError]`.
  Object.defineProperties(errorClass, {
    name: named,
    [Symbol.hasInstance]: {
      value(this: unknown, candidate: unknown): boolean {
        // A subclass that a user derives inherits this method, but has no mark of its own.
        return this === errorClass ? mark in Object(candidate) : ordinaryHasInstance.call(this, candidate);
      },
    },
  });
}

/**
 * The base of every error that this package throws. `instanceof` is also true for an error that another copy of the
 * package made.
 *
 * No error contains the API key, headers, the question or a response body. `structuredClone` loses the class, so send
 * `error.toJSON()` to another thread instead.
 *
 * @example
 * ```ts
 * import { BedrockProxyError, createBedrockClient } from '@org/bedrock-client';
 *
 * try {
 *   await createBedrockClient().ask('nova-lite', 'What is a dystopia?');
 * } catch (error) {
 *   if (!(error instanceof BedrockProxyError)) throw error;
 *   console.error(error.code, error.requestId, error.message);
 * }
 * ```
 */
export abstract class BedrockProxyError extends Error {
  static {
    identify(BedrockProxyError, 'BedrockProxyError');
  }

  /** What happened. Branch on this or on the class, never on the message. */
  abstract readonly code: string;

  /** The HTTP status of the response; `undefined` if there was none. */
  readonly status: number | undefined;

  /** Finds the call in the logs of the proxy: give it to the operator. */
  readonly requestId: string | undefined;

  /** How many times the request was sent; 0 if never. */
  readonly attempts: number;

  /**
   * Whether the same request may succeed if it is sent again. False if the client or the proxy knows that this attempt
   * may be billed.
   */
  readonly retryable: boolean;

  /** How long the server asked to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /** The code that the server sent, if this version does not know it; `code` is then the nearest. */
  readonly serverCode: string | undefined;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.attempts = facts.attempts ?? 0;
    this.retryable = facts.retryable ?? false;
    this.retryAfterMs = facts.retryAfterMs;
    this.serverCode = facts.serverCode;
  }

  /** Name, message and fields, without stack and cause. Safe to log and to send. */
  toJSON(): Record<string, unknown> {
    const named: Record<string, unknown> = { name: this.name, message: this.message };
    return { ...named, ...this };
  }
}
