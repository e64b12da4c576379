import type { Answer, StructuredAnswer } from './answer/answer.ts';
import type { Embeddings } from './answer/embeddings.ts';
import type { ModelList } from './answer/model-list.ts';
import type { UsageReport } from './answer/usage-report.ts';
import type { Question } from './options/content.ts';
import type { ModelName } from './options/model-name.ts';
import type {
  AskOptions,
  EmbedOptions,
  RequestOptions,
  RunOptions,
  StreamOptions,
  StructuredAskOptions,
  StructuredRunOptions,
  StructuredStreamOptions,
} from './options/options.ts';
import type { Conversation, ConversationOptions } from './run/conversation.ts';
import type { RunResult, StructuredRunResult } from './run/run-result.ts';
import type { SafeResult } from './safe-result.ts';
import type { AnswerStream } from './stream/answer-stream.ts';

/** A client of one proxy with one API key. */
export interface BedrockClient {
  /**
   * Asks a model for an answer that fits your schema. `output` has the type of the schema.
   *
   * Rejects as the other form of `ask` does, and with `OutputValidationError` if the answer does not fit.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   * import * as z from 'zod';
   *
   * const schema = z.object({ name: z.string(), born: z.int() });
   * const { output } = await createBedrockClient().ask('nova-lite', 'Who wrote the first program?', { schema });
   * console.log(output.name, output.born);
   * ```
   */
  ask<Output>(
    model: ModelName,
    question: Question,
    options: StructuredAskOptions<Output>,
  ): Promise<StructuredAnswer<Output>>;

  /**
   * Asks a model a question and waits for its whole answer.
   *
   * Rejects with one of `AnyBedrockProxyError`: branch on its class or its `code`.
   *
   * @param model - An alias that the proxy offers, such as `nova-lite`.
   * @param question - A string, which reaches the model exactly as written; or blocks, such as a text and an image.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const client = createBedrockClient();
   * const { text, usage } = await client.ask('nova-lite', 'What is a dystopia?', { maxTokens: 200 });
   * console.log(text, usage.totalTokens);
   * ```
   */
  ask(
    model: ModelName,
    question: Question,
    options?: AskOptions | StructuredAskOptions<unknown> | undefined,
  ): Promise<Answer>;

  /** The same as `ask` with a schema, but returns errors instead of throwing them. */
  safeAsk<Output>(
    model: ModelName,
    question: Question,
    options: StructuredAskOptions<Output>,
  ): Promise<SafeResult<StructuredAnswer<Output>>>;

  /**
   * The same as `ask`, but returns errors instead of throwing them: `{ ok: true, value }` or `{ ok: false, error }`. Only
   * a bug in the program itself, for example in the code of your schema, is still thrown.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const result = await createBedrockClient().safeAsk('nova-lite', 'What is a dystopia?');
   * console.log(result.ok ? result.value.text : result.error.code);
   * ```
   */
  safeAsk(
    model: ModelName,
    question: Question,
    options?: AskOptions | StructuredAskOptions<unknown> | undefined,
  ): Promise<SafeResult<Answer>>;

  /** The same as `stream` without a schema; the last event and `final()` have an `output` of the schema's type. */
  stream<Output>(
    model: ModelName,
    question: Question,
    options: StructuredStreamOptions<Output>,
  ): AnswerStream<StructuredAnswer<Output>>;

  /**
   * Asks a model a question and returns its answer while it is written. The request is sent when the stream is first
   * read, and retried only before the first event.
   *
   * Throws `ConfigurationError` at once if an argument is wrong. Any other error is thrown where the stream is read.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const stream = createBedrockClient().stream('nova-lite', 'What is a dystopia?');
   * for await (const text of stream.textStream()) {
   *   process.stdout.write(text);
   * }
   * const { usage } = await stream.final();
   * console.log(usage.totalTokens);
   * ```
   */
  stream(
    model: ModelName,
    question: Question,
    options?: StreamOptions | StructuredStreamOptions<unknown> | undefined,
  ): AnswerStream;

  /**
   * The same as `run` without a schema; `output`, the last answer, has the type of the schema.
   */
  run<Output>(
    model: ModelName,
    question: Question,
    options: StructuredRunOptions<Output>,
  ): Promise<StructuredRunResult<Output>>;

  /**
   * Asks a model, calls the tools that it calls, sends back what they return, and so on until it answers without a call.
   * Each step is one `ask`, with its own retries and time limits, and counts as one request; `signal` ends the whole run.
   * Tools that one answer calls run at the same time. The run also ends where the model calls a tool without `run`, with
   * the calls in `content` and the `stopReason` `tool_use`. A `toolChoice` is for the first step only.
   *
   * Rejects with one of `AnyBedrockProxyError`, of which `runProgress` says how far the run came: as `ask` does, and with
   * `MaxStepsError` if the model still calls tools after `maxSteps`. A tool that fails does not end the run: the model
   * reads that it failed. A call that is cut off is never run: where nothing else was called, the run ends with the
   * `stopReason` `max_tokens`.
   *
   * @example
   * ```ts
   * import { createBedrockClient, tool } from '@org/bedrock-client';
   * import * as z from 'zod';
   *
   * const add = tool({
   *   name: 'add',
   *   description: 'Adds two numbers.',
   *   input: z.object({ a: z.number(), b: z.number() }),
   *   run: ({ a, b }) => a + b,
   * });
   * const { text, steps } = await createBedrockClient().run('nova-lite', 'What is 2 and 2?', { tools: [add] });
   * console.log(text, steps.length);
   * ```
   */
  run(
    model: ModelName,
    question: Question,
    options?: RunOptions | StructuredRunOptions<unknown> | undefined,
  ): Promise<RunResult>;

  /**
   * Begins a conversation, which remembers every question with its answer and calls tools as `run` does. Sends nothing.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const conversation = createBedrockClient().conversation('nova-lite', { system: 'Be brief.' });
   * await conversation.ask('My name is Ada.');
   * const { text } = await conversation.ask('What is my name?');
   * console.log(text, conversation.messages.length); // 4 messages
   * ```
   */
  conversation(model: ModelName, options?: ConversationOptions | undefined): Conversation;

  /**
   * Turns texts into vectors: one for each, in their order. Texts that mean the same have vectors that are near.
   *
   * Rejects with one of `AnyBedrockProxyError`, and is retried by the same rules as `ask`. More than 256 texts are refused
   * with `InvalidRequestError`, because each call is counted and charged on its own: send them in several calls.
   *
   * @param model - An alias of an embedding model that the proxy offers, such as `titan-embed-v2`.
   * @param inputs - One string, or 1 to 256.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const { vectors, usage } = await createBedrockClient().embed('titan-embed-v2', ['A bad place.', 'A dystopia.']);
   * console.log(vectors.length, vectors[0]?.length, usage.inputTokens);
   * ```
   */
  embed(
    model: ModelName,
    inputs: string | readonly string[],
    options?: EmbedOptions | undefined,
  ): Promise<Embeddings>;

  /**
   * Lists the models that this key may ask, and what each can do. It costs nothing, because no model is asked, but it
   * counts as a request in API Gateway's own quota.
   *
   * Rejects with one of `AnyBedrockProxyError`, and is retried by the same rules as `ask`.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const { models } = await createBedrockClient().models();
   * for (const { alias, maxOutputTokens } of models) {
   *   console.log(`${alias} answers with up to ${maxOutputTokens} tokens.`);
   * }
   * ```
   */
  models(options?: RequestOptions | undefined): Promise<ModelList>;

  /**
   * Returns what is used and what is left of every limit of this key and of its team. It costs nothing, because no model
   * is asked, but it counts as a request in API Gateway's own quota.
   *
   * Rejects with one of `AnyBedrockProxyError`, and is retried by the same rules as `ask`.
   *
   * @example
   * ```ts
   * import { createBedrockClient } from '@org/bedrock-client';
   *
   * const { limits } = await createBedrockClient().usage();
   * for (const { limit, period, used, max, resetsAt } of limits) {
   *   console.log(`${used} of ${max} ${limit} of this ${period}; resets ${resetsAt.toISOString()}`);
   * }
   * ```
   */
  usage(options?: RequestOptions | undefined): Promise<UsageReport>;
}
