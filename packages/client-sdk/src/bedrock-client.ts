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
   * Asks a model for an answer that fits a schema of yours, which then gives `output` its type.
   *
   * Rejects as the other form of `ask` does, and with `OutputValidationError` where the answer does not fit.
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

  /** The same as `ask` with a schema, but returns what it fails with instead of throwing it. */
  safeAsk<Output>(
    model: ModelName,
    question: string,
    options: StructuredAskOptions<Output>,
  ): Promise<SafeResult<StructuredAnswer<Output>>>;

  /**
   * The same as `ask`, but returns what it fails with instead of throwing it: `{ ok: true, value }` or
   * `{ ok: false, error }`. Only a mistake in the program itself, such as in your schema's code, is still thrown.
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
   * Asks a model a question and gives its answer while it is written. Sent when it is first read, and sent again only
   * before its first event.
   *
   * Throws `ConfigurationError` at once where an argument is wrong; any other error is thrown where the stream is read.
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
   * Lists the models that this key may ask, and what each can do. Asks no model and costs nothing, but counts as a
   * request of the API Gateway's own quota.
   *
   * Rejects with one of `AnyBedrockProxyError`, and is sent again by the same rules as `ask`.
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
   * Says what is used and what is left of every limit of this key and of its team. Asks no model and costs
   * nothing, but counts as a request of the API Gateway's own quota.
   *
   * Rejects with one of `AnyBedrockProxyError`, and is sent again by the same rules as `ask`.
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
