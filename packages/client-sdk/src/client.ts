import { type Answer, readAnswer, type StructuredAnswer } from './answer.ts';
import { type AnswerStream, createAnswerStream } from './answer-stream.ts';
import { askBody } from './ask.ts';
import type { BedrockClient } from './bedrock-client.ts';
import { fromCallSite } from './call-site.ts';
import { exchange } from './exchange.ts';
import { readModelList } from './model-list.ts';
import { createObserver } from './observer.ts';
import type {
  AskOptions,
  BedrockClientOptions,
  RequestOptions,
  StreamOptions,
  StructuredAskOptions,
  StructuredStreamOptions,
} from './options.ts';
import { checkOutput } from './output-schema.ts';
import { readReply } from './read-reply.ts';
import { readRequestId } from './request-id.ts';
import { type Operation, routes } from './routes.ts';
import { type Runtime, systemRuntime } from './runtime.ts';
import { type SafeResult, safely } from './safe-result.ts';
import { callSettings, clientSettings } from './settings.ts';
import type { Reader } from './shape.ts';
import { streamSource } from './stream-source.ts';
import type { Call } from './transport.ts';
import { readUsageReport } from './usage-report.ts';

/**
 * Makes a client. Throws `ConfigurationError` where an option is missing, wrong or unknown; nothing is sent.
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

/** The same, with time and chance passed in. */
export function createClient(options: BedrockClientOptions, runtime: Runtime): BedrockClient {
  const client = clientSettings(options);

  const prepare = (
    operation: Operation,
    callOptions: RequestOptions,
    { model, body }: { readonly model?: string; readonly body?: () => string } = {},
  ): Call => {
    const settings = callSettings(callOptions, client, operation);
    const observer = createObserver(client.hooks, { operation, model }, runtime);
    return { route: routes[operation], body: body?.(), client, settings, runtime, observer };
  };

  const report = <Value extends object>(
    operation: Operation,
    callOptions: RequestOptions,
    reader: Reader<Value>,
  ) =>
    fromCallSite(() =>
      exchange(prepare(operation, callOptions), (reply) => ({
        ...readReply(reader, reply),
        requestId: readRequestId(reply.headers),
        attempts: reply.attempts,
      })),
    );

  const answerTo = (model: string, question: string, askOptions: AnyAskOptions): Promise<Answer> =>
    fromCallSite(() => {
      const call = prepare('ask', askOptions, { model, body: () => askBody(model, question, askOptions) });
      return exchange(call, (reply) => {
        const answer = readReply(readAnswer, reply);
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
    models: (callOptions = {}) => report('models', callOptions, readModelList),
    usage: (callOptions = {}) => report('usage', callOptions, readUsageReport),
  };
}
