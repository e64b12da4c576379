import { ModelListSchema } from '@org/contract';
import type * as z from 'zod/mini';
import { type Answer, AnswerSchema, type StructuredAnswer } from './answer/answer.ts';
import { UsageReportSchema } from './answer/usage-report.ts';
import type { BedrockClient } from './bedrock-client.ts';
import type { Call } from './call/call.ts';
import { readReply } from './call/reply.ts';
import { request } from './call/request.ts';
import { type Runtime, systemRuntime } from './call/runtime.ts';
import { fromCallSite } from './errors/call-site.ts';
import { createObserver } from './hooks/observer.ts';
import { type Operation, operationRoutes } from './http/operation.ts';
import { readRequestId } from './http/response-headers.ts';
import { askBody } from './options/ask-body.ts';
import type {
  AskOptions,
  BedrockClientOptions,
  RequestOptions,
  StreamOptions,
  StructuredAskOptions,
  StructuredStreamOptions,
} from './options/options.ts';
import { checkOutput } from './options/output-schema.ts';
import { callSettings, clientSettings } from './options/settings.ts';
import { type SafeResult, safely } from './safe-result.ts';
import { type AnswerStream, createAnswerStream } from './stream/answer-stream.ts';
import { streamSource } from './stream/stream-source.ts';

/**
 * Makes a client. Throws `ConfigurationError` if an option is missing, wrong or unknown. Does not send anything.
 *
 * @example
 * ```ts
 * import { createBedrockClient } from '@org/bedrock-client';
 *
 * const client = createBedrockClient({ baseUrl: 'http://localhost:3000/dev', apiKey: 'a-local-key' });
 * ```
 */
export function createBedrockClient(options: BedrockClientOptions = {}): BedrockClient {
  return createClient(options, systemRuntime);
}

type AnyAskOptions = AskOptions | StructuredAskOptions<unknown>;
type Structured<Output> = [model: string, question: string, options: StructuredAskOptions<Output>];

/** The same, with a clock and random numbers passed in. */
export function createClient(options: BedrockClientOptions, runtime: Runtime): BedrockClient {
  const client = clientSettings(options);

  const prepare = (
    operation: Operation,
    callOptions: RequestOptions,
    { model, body }: { readonly model?: string; readonly body?: () => string } = {},
  ): Call => {
    const settings = callSettings(callOptions, client, operation);
    const callId = Math.floor(runtime.random() * 36 ** 8).toString(36);
    const observer = createObserver(client.hooks, { operation, model, callId });
    return { route: operationRoutes[operation], body: body?.(), client, settings, runtime, observer };
  };

  const report = <Value extends object>(
    operation: Operation,
    callOptions: RequestOptions,
    schema: z.ZodMiniType<Value>,
  ) =>
    fromCallSite(() =>
      request(prepare(operation, callOptions), (reply) => ({
        ...readReply(schema, reply),
        requestId: readRequestId(reply.headers),
        attempts: reply.attempts,
      })),
    );

  const answerTo = (model: string, question: string, askOptions: AnyAskOptions): Promise<Answer> =>
    fromCallSite(() => {
      const call = prepare('ask', askOptions, { model, body: () => askBody(model, question, askOptions) });
      return request(call, (reply) => {
        const answer = readReply(AnswerSchema, reply);
        const { schema } = askOptions;
        const value = { ...answer, requestId: answer.id, attempts: reply.attempts };
        return schema === undefined ? value : checkOutput(value, schema);
      });
    });

  function ask<Output>(...given: Structured<Output>): Promise<StructuredAnswer<Output>>;
  function ask(model: string, question: string, askOptions?: AskOptions): Promise<Answer>;
  function ask(model: string, question: string, askOptions: AnyAskOptions = {}): Promise<Answer> {
    return answerTo(model, question, askOptions);
  }

  function safeAsk<Output>(...given: Structured<Output>): Promise<SafeResult<StructuredAnswer<Output>>>;
  function safeAsk(model: string, question: string, askOptions?: AskOptions): Promise<SafeResult<Answer>>;
  function safeAsk(
    model: string,
    question: string,
    askOptions: AnyAskOptions = {},
  ): Promise<SafeResult<Answer>> {
    return safely(() => answerTo(model, question, askOptions));
  }

  function stream<Output>(
    model: string,
    question: string,
    streamOptions: StructuredStreamOptions<Output>,
  ): AnswerStream<StructuredAnswer<Output>>;
  function stream(model: string, question: string, streamOptions?: StreamOptions): AnswerStream;
  function stream(
    model: string,
    question: string,
    streamOptions: StreamOptions | StructuredStreamOptions<unknown> = {},
  ): AnswerStream {
    const call = prepare('stream', streamOptions, {
      model,
      body: () => askBody(model, question, streamOptions),
    });
    return createAnswerStream(streamSource(call, (answer) => checkOutput(answer, streamOptions.schema)));
  }

  return {
    ask,
    safeAsk,
    stream,
    models: (callOptions = {}) => report('models', callOptions, ModelListSchema),
    usage: (callOptions = {}) => report('usage', callOptions, UsageReportSchema),
  };
}
