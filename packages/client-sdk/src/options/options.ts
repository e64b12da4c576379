import type { AskRequest, CachePointBlock, EmbedRequest, TextBlock, Turn } from '@org/contract';
import type { JsonSchema, StandardJsonSchema, StandardSchema } from '../answer/standard-schema.ts';
import type { Hooks } from '../hooks/hooks.ts';
import type { Logger } from '../hooks/logger.ts';
import type { Fetch } from '../http/fetch.ts';
import type { ApiKeySource } from './api-key.ts';
import type { MessageInput } from './content.ts';
import type { DeclaredTool, RunnableTool } from './tool.ts';

/** Limits on time and retries, for every call of a client or for one call. */
export interface CallOptions {
  /**
   * The longest time for one attempt, including its body, in milliseconds; for a stream, until its first byte. Default:
   * 310,000 for `ask` and `embed`, a little more than the 5 minutes after which API Gateway gives up, and 30,000 for the
   * other methods. After it the call throws `TimeoutError`.
   */
  readonly timeoutMs?: number | undefined;

  /**
   * The longest time for a call with all its attempts, waits and bodies, in milliseconds. Default: 900,000 for
   * `ask`, `stream` and `embed`, as long as API Gateway lets a stream last; 90,000 for the other methods. After it the
   * call throws `TimeoutError`. If a retry could not start before it, the call fails without waiting.
   */
  readonly deadlineMs?: number | undefined;

  /** How many times a failed request may be sent again; 0 means never. Default: 2. */
  readonly maxRetries?: number | undefined;
}

/**
 * Options of `createBedrockClient`. `undefined` means the same as leaving an option out.
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
   * The URL of the proxy including its stage, with or without a slash at the end. Default: the environment variable
   * `BEDROCK_PROXY_URL`.
   */
  readonly baseUrl?: string | undefined;

  /**
   * The API key, or a function that returns it and is called before every attempt. Default: the environment variable
   * `BEDROCK_PROXY_API_KEY`.
   */
  readonly apiKey?: ApiKeySource | undefined;

  /** Sends the requests, for example through an HTTP proxy, or answers them in a test. Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;

  /** Functions that observe every request, response, retry, success and failure. Default: none. */
  readonly hooks?: Hooks | undefined;

  /** Receives one line per event, for example `console`. Never sees keys, questions or answers. Default: none. */
  readonly logger?: Logger | undefined;

  /** Allows `http:` to hosts other than this machine, which sends the key in clear text. Default: false. */
  readonly allowInsecure?: boolean | undefined;

  /** Allows use on a web page, where everyone who opens the page can read the key. Default: false. */
  readonly dangerouslyAllowBrowser?: boolean | undefined;
}

/** Options of any call, and all options of `client.models` and `client.usage`. `undefined` means the same as leaving one out. */
export interface RequestOptions extends CallOptions {
  /** Ends the call with `AbortedError`, at any time. Its reason becomes the `cause` of the error. */
  readonly signal?: AbortSignal | undefined;

  /** Headers to send in addition to those of the client, which they cannot replace. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Options of `client.ask`. `undefined` means the same as leaving an option out. */
export interface AskOptions
  extends RequestOptions,
    Readonly<
      Omit<
        AskRequest,
        'model' | 'question' | 'system' | 'history' | 'messages' | 'tools' | 'stop' | 'outputSchema'
      >
    > {
  /** Instructions for the whole conversation: a string, or text blocks with cache points. */
  readonly system?: string | readonly (TextBlock | CachePointBlock)[] | undefined;

  /** Earlier turns as text, oldest first: user and assistant in turn, starting with user, ending with assistant. */
  readonly history?: readonly Readonly<Turn>[] | undefined;

  /**
   * Earlier turns that may be more than text, oldest first: user and assistant in turn, starting with user, ending with
   * assistant. Not together with `history`.
   */
  readonly messages?: readonly MessageInput[] | undefined;

  /**
   * What the model may call. `ask` and `stream` return the calls in `content`, and you send the results in the next
   * question; `run` calls those that `tool()` made.
   */
  readonly tools?: readonly (DeclaredTool | RunnableTool | CachePointBlock)[] | undefined;

  /** At most four strings. The answer ends when the model writes one of them. */
  readonly stop?: readonly string[] | undefined;

  /**
   * A JSON Schema of an object that the answer must fit; the answer is then in `output`. The proxy checks it. If the
   * model's answer does not fit, the call throws `OutputValidationError`; if no answer can, `InvalidRequestError`.
   */
  readonly outputSchema?: JsonSchema | undefined;

  /** See `SchemaOptions`. */
  readonly schema?: undefined;
}

/** Options of `client.stream`. `undefined` means the same as leaving an option out. */
export interface StreamOptions extends AskOptions {
  /**
   * The longest silence after the first byte, in milliseconds. The proxy sends something at least every 15 s. Default:
   * 30,000. After it the call throws `TimeoutError`.
   */
  readonly idleTimeoutMs?: number | undefined;
}

/** Options of `client.embed`. `undefined` means the same as leaving an option out. */
export interface EmbedOptions extends RequestOptions, Readonly<Omit<EmbedRequest, 'model' | 'inputs'>> {}

/** Options of `client.run`. `undefined` means the same as leaving an option out. */
export interface RunOptions extends AskOptions {
  /** How many times the model is asked at the most; after it the run throws `MaxStepsError`. Default: 5. */
  readonly maxSteps?: number | undefined;
}

/**
 * Your own schema for the answer. It is sent as a JSON Schema, the answer is checked with it, and `output` has its
 * type.
 */
export type SchemaOptions<Output> =
  | {
      /** A Standard Schema that can be converted to JSON Schema, such as a zod 4 object. */
      readonly schema: StandardJsonSchema<Output>;
      /** The JSON Schema to send. Default: `schema`, converted. */
      readonly outputSchema?: JsonSchema | undefined;
    }
  | {
      /** A Standard Schema that cannot be converted to JSON Schema, such as one of `zod/mini`. */
      readonly schema: StandardSchema<Output>;
      /** The same schema as a JSON Schema, for example from `z.toJSONSchema(schema)`. */
      readonly outputSchema: JsonSchema;
    };

/** What an answer that has to fit a schema leaves no place for: a call of a tool. */
type ToolOptions = 'tools' | 'toolChoice';

/** Options of `client.ask` with your own schema. With tools use `client.run`, whose last answer fits the schema. */
export type StructuredAskOptions<Output> = Omit<AskOptions, keyof SchemaOptions<Output> | ToolOptions> &
  SchemaOptions<Output>;

/** Options of `client.stream` with your own schema. */
export type StructuredStreamOptions<Output> = Omit<StreamOptions, keyof SchemaOptions<Output> | ToolOptions> &
  SchemaOptions<Output>;

/** Options of `client.run` with your own schema. */
export type StructuredRunOptions<Output> = Omit<RunOptions, keyof SchemaOptions<Output>> &
  SchemaOptions<Output>;

/** Options with a schema or without, as a method sees them. */
type Any<Options> = Omit<Options, 'schema'> & {
  readonly schema?: StandardSchema | StandardJsonSchema | undefined;
};

export type AnyAskOptions = Any<AskOptions>;
export type AnyStreamOptions = Any<StreamOptions>;
export type AnyRunOptions = Any<RunOptions>;
