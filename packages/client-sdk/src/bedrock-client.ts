import type { Answer, StructuredAnswer } from './answer/answer.ts';
import type { ModelList } from './answer/model-list.ts';
import type { UsageReport } from './answer/usage-report.ts';
import type { ModelName } from './options/model-name.ts';
import type {
  AskOptions,
  RequestOptions,
  StreamOptions,
  StructuredAskOptions,
  StructuredStreamOptions,
} from './options/options.ts';
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
    question: string,
    options: StructuredAskOptions<Output>,
  ): Promise<StructuredAnswer<Output>>;

  /**
   * Asks a model a question and waits for its whole answer.
   *
   * Rejects with one of `AnyBedrockProxyError`: branch on its class or its `code`.
   *
   * @param model - An alias that the proxy offers, such as `nova-lite`.
   * @param question - Reaches the model exactly as written.
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
  ask(model: ModelName, question: string, options?: AskOptions | undefined): Promise<Answer>;

  /** The same as `ask` with a schema, but returns errors instead of throwing them. */
  safeAsk<Output>(
    model: ModelName,
    question: string,
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
  safeAsk(model: ModelName, question: string, options?: AskOptions | undefined): Promise<SafeResult<Answer>>;

  /** The same as `stream` without a schema; the last event and `final()` have an `output` of the schema's type. */
  stream<Output>(
    model: ModelName,
    question: string,
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
  stream(model: ModelName, question: string, options?: StreamOptions | undefined): AnswerStream;

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
