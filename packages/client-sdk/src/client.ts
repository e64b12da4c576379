import { ModelListSchema } from '@org/contract';
import type * as z from 'zod/mini';
import { type Answer, AnswerSchema, type StructuredAnswer } from './answer/answer.ts';
import { EmbeddingsSchema } from './answer/embeddings.ts';
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
import type { Question } from './options/content.ts';
import { embedBody } from './options/embed-body.ts';
import type { Body } from './options/files.ts';
import type {
  AnyAskOptions,
  AnyRunOptions,
  AnyStreamOptions,
  AskOptions,
  BedrockClientOptions,
  RequestOptions,
  RunOptions,
  StreamOptions,
  StructuredAskOptions,
  StructuredRunOptions,
  StructuredStreamOptions,
} from './options/options.ts';
import { checkOutput } from './options/output-schema.ts';
import { callSettings, clientSettings } from './options/settings.ts';
import { createConversation } from './run/conversation.ts';
import { run as runLoop } from './run/run.ts';
import type { RunResult, StructuredRunResult } from './run/run-result.ts';
import { toolCalls } from './run/turns.ts';
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

type Asked = [model: string, question: Question];

/** The same, with a clock and random numbers passed in. */
export function createClient(options: BedrockClientOptions, runtime: Runtime): BedrockClient {
  const client = clientSettings(options);

  const prepare = (
    operation: Operation,
    callOptions: RequestOptions,
    { model, body }: { readonly model?: string; readonly body?: () => Body } = {},
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

  /** Asks once. `finish` makes the answer of the call from that of the proxy, or throws. */
  const askOnce = (
    [model, question]: Asked,
    askOptions: AnyAskOptions,
    finish: (answer: Answer) => Answer | Promise<Answer>,
  ): Promise<Answer> => {
    const call = prepare('ask', askOptions, { model, body: () => askBody(model, question, askOptions) });
    return request(call, (reply) => {
      const answer = readReply(AnswerSchema, reply);
      return finish({ ...answer, requestId: answer.id, attempts: reply.attempts });
    });
  };

  const answerTo = (asked: Asked, askOptions: AnyAskOptions): Promise<Answer> =>
    fromCallSite(async () => askOnce(asked, askOptions, (answer) => checkOutput(answer, askOptions.schema)));

  function ask<Output>(...given: [...Asked, StructuredAskOptions<Output>]): Promise<StructuredAnswer<Output>>;
  function ask(...given: [...Asked, askOptions?: AskOptions]): Promise<Answer>;
  function ask(model: string, question: Question, askOptions: AnyAskOptions = {}): Promise<Answer> {
    return answerTo([model, question], askOptions);
  }

  function safeAsk<Output>(
    ...given: [...Asked, StructuredAskOptions<Output>]
  ): Promise<SafeResult<StructuredAnswer<Output>>>;
  function safeAsk(...given: [...Asked, askOptions?: AskOptions]): Promise<SafeResult<Answer>>;
  function safeAsk(
    model: string,
    question: Question,
    askOptions: AnyAskOptions = {},
  ): Promise<SafeResult<Answer>> {
    return safely(() => answerTo([model, question], askOptions));
  }

  const sourceOf = (model: string, question: Question, streamOptions: AnyStreamOptions) => {
    const body = () => askBody(model, question, streamOptions);
    const call = prepare('stream', streamOptions, { model, body });
    return streamSource(call, (answer) => checkOutput(answer, streamOptions.schema));
  };

  function stream<Output>(
    ...given: [...Asked, StructuredStreamOptions<Output>]
  ): AnswerStream<StructuredAnswer<Output>>;
  function stream(...given: [...Asked, streamOptions?: StreamOptions]): AnswerStream;
  function stream(model: string, question: Question, streamOptions: AnyStreamOptions = {}): AnswerStream {
    return createAnswerStream(sourceOf(model, question, streamOptions));
  }

  const runOf = (model: string, question: Question, runOptions: AnyRunOptions): Promise<RunResult> =>
    runLoop(question, runOptions, (turn, askOptions) =>
      askOnce([model, turn], askOptions, (answer) =>
        toolCalls(answer.content).length > 0 ? answer : checkOutput(answer, askOptions.schema),
      ),
    );

  function run<Output>(
    ...given: [...Asked, StructuredRunOptions<Output>]
  ): Promise<StructuredRunResult<Output>>;
  function run(...given: [...Asked, runOptions?: RunOptions]): Promise<RunResult>;
  function run(model: string, question: Question, runOptions: AnyRunOptions = {}): Promise<RunResult> {
    return fromCallSite(() => runOf(model, question, runOptions));
  }

  return {
    ask,
    safeAsk,
    stream,
    run,
    conversation: (model, conversationOptions = {}) =>
      createConversation(conversationOptions, {
        run: (question, turnOptions) => runOf(model, question, turnOptions),
        source: (question, turnOptions) => sourceOf(model, question, turnOptions),
      }),
    embed: (model, inputs, embedOptions = {}) =>
      fromCallSite(async () => {
        const body = () => embedBody(model, inputs, embedOptions);
        return request(prepare('embed', embedOptions, { model, body }), (reply) => {
          const embeddings = readReply(EmbeddingsSchema, reply);
          return { ...embeddings, requestId: embeddings.id, attempts: reply.attempts };
        });
      }),
    models: (callOptions = {}) => report('models', callOptions, ModelListSchema),
    usage: (callOptions = {}) => report('usage', callOptions, UsageReportSchema),
  };
}
