import type { AskRequest, Turn } from '@org/contract';
import type { JsonSchema, StandardJsonSchema, StandardSchema } from '../answer/standard-schema.ts';
import type { Hooks } from '../hooks/hooks.ts';
import type { Logger } from '../hooks/logger.ts';
import type { Fetch } from '../http/fetch.ts';
import type { ApiKeySource } from './api-key.ts';

/** Limits on time and retries: given to the client for every call, or to one call. */
export interface CallOptions {
  /**
   * The longest that one attempt may take, its body included, in milliseconds; of a stream, the longest until its
   * first byte. Default: 310,000 for `ask`, a little above the 5 minutes after which API Gateway gives up; 30,000 for
   * the others. Reaching it throws `TimeoutError`.
   */
  readonly timeoutMs?: number | undefined;

  /**
   * The longest that a call may take over all attempts, waits and bodies, in milliseconds. Default: 900,000 for `ask`
   * and for a stream, which API Gateway keeps open for no longer; 90,000 for the others. Reaching it throws
   * `TimeoutError`; a retry that could not begin before it is not waited for.
   */
  readonly deadlineMs?: number | undefined;

  /** How many times a failed request may be sent again; 0 is never. Default: 2. */
  readonly maxRetries?: number | undefined;
}

/**
 * Options of `createBedrockClient`. A value of `undefined` is the same as none.
 *
 * @example
 * ```ts
 * import { createBedrockClient } from '@org/bedrock-client';
 *
 * const client = createBedrockClient({
 *   baseUrl: 'https://abc123.execute-api.us-east-1.amazonaws.com/dev',
 *   apiKey: async () => 'a key from your secret store',
 *   maxRetries: 1,
 * });
 * ```
 */
export interface BedrockClientOptions extends CallOptions {
  /**
   * URL of the proxy, its stage included, with or without a slash at the end. Default: the environment variable
   * `BEDROCK_PROXY_URL`.
   */
  readonly baseUrl?: string | undefined;

  /**
   * The API key, or a function that returns it and is asked before every attempt. Default: the environment
   * variable `BEDROCK_PROXY_API_KEY`.
   */
  readonly apiKey?: ApiKeySource | undefined;

  /** Sends the requests, for example through a proxy, or answers them in a test. Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;

  /** Observers of every request, response, retry and failure. Default: none. */
  readonly hooks?: Hooks | undefined;

  /** Told of every attempt, such as `console`; never of a key, a question or an answer. Default: none. */
  readonly logger?: Logger | undefined;

  /** Allows `http:` to hosts other than this machine, which sends the key in clear text. Default: false. */
  readonly allowInsecure?: boolean | undefined;

  /**
   * Allows use on a web page, where whoever opens the page can read the key. Default: false.
   */
  readonly dangerouslyAllowBrowser?: boolean | undefined;
}

/** Options of any one call, and all those of `client.models` and `client.usage`. A value of `undefined` is the same as none. */
export interface RequestOptions extends CallOptions {
  /** Ends the call with `AbortedError`, at any time; its reason becomes the error's `cause`. */
  readonly signal?: AbortSignal | undefined;

  /** Headers to send besides the client's own, which they cannot replace. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Options of `client.ask`. A value of `undefined` is the same as none. */
export interface AskOptions
  extends RequestOptions,
    Readonly<Omit<AskRequest, 'model' | 'question' | 'history' | 'stop' | 'outputSchema'>> {
  /** Earlier turns, oldest first: user and assistant in turn, starting with user, ending with assistant. */
  readonly history?: readonly Readonly<Turn>[] | undefined;

  /** At most four strings that end the answer where the model writes one of them. */
  readonly stop?: readonly string[] | undefined;

  /**
   * A JSON Schema of `type: 'object'` that the answer must fit; the answer is then in `output`. The proxy checks it;
   * where the model's answer does not fit, the call fails with `OutputValidationError`.
   */
  readonly outputSchema?: JsonSchema | undefined;

  /** See `SchemaOptions`. */
  readonly schema?: undefined;
}

/** Options of `client.stream`. A value of `undefined` is the same as none. */
export interface StreamOptions extends AskOptions {
  /**
   * The longest silence after the first byte, in milliseconds. Default: 30,000: the proxy sends something at least
   * every 15 s. Reaching it throws `TimeoutError`.
   */
  readonly idleTimeoutMs?: number | undefined;
}

/**
 * A schema of your own for the answer. It is sent as a JSON Schema, the answer is checked with it, and `output` has
 * its type.
 */
export type SchemaOptions<Output> =
  | {
      /** A Standard Schema that can say itself as a JSON Schema, such as an object of zod 4. */
      readonly schema: StandardJsonSchema<Output>;
      /** The JSON Schema to send. Default: what `schema` says. */
      readonly outputSchema?: JsonSchema | undefined;
    }
  | {
      /** A Standard Schema that cannot say itself as a JSON Schema, such as one of `zod/mini`. */
      readonly schema: StandardSchema<Output>;
      /** The same as a JSON Schema, for example from `z.toJSONSchema(schema)`. */
      readonly outputSchema: JsonSchema;
    };

/** Options of `client.ask` with a schema of your own. */
export type StructuredAskOptions<Output> = Omit<AskOptions, keyof SchemaOptions<Output>> &
  SchemaOptions<Output>;

/** Options of `client.stream` with a schema of your own. */
export type StructuredStreamOptions<Output> = Omit<StreamOptions, keyof SchemaOptions<Output>> &
  SchemaOptions<Output>;
