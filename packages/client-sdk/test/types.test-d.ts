import {
  type AskRequest,
  type ErrorCode,
  UsageSchema,
  type StreamEvent as WireStreamEvent,
} from '@org/contract';
import type { CatalogueAlias } from '@org/models';
import { expectTypeOf, test } from 'vitest';
import {
  type Answer,
  type AnswerBlock,
  type AnswerStream,
  type AnyBedrockProxyError,
  type AskOptions,
  type BedrockClient,
  type BedrockClientOptions,
  BedrockProxyError,
  type BedrockProxyErrorCode,
  type Block,
  type BlockInput,
  type ConversationOptions,
  createBedrockClient,
  type Embeddings,
  type EmbedOptions,
  type ImageInput,
  isBedrockProxyError,
  type JsonSchema,
  type Limit,
  type LimitPace,
  type Logger,
  type Message,
  type MessageInput,
  type ModelAlias,
  type ModelList,
  type Operation,
  QuotaExceededError,
  type QuotaFacts,
  RateLimitedError,
  type RequestOptions,
  type RunnableTool,
  type RunOptions,
  type RunProgress,
  type RunResult,
  runProgress,
  type SafeResult,
  type StandardJsonSchema,
  type StandardSchema,
  type StreamDone,
  type StreamEvent,
  type StreamOptions,
  type StructuredAnswer,
  type StructuredAskOptions,
  type StructuredRunOptions,
  type StructuredRunResult,
  type StructuredStreamOptions,
  type StructuredTurnOptions,
  type Tool,
  type TurnOptions,
  tool,
  type Usage,
  type UsageReport,
} from '../src/index.ts';

const client = createBedrockClient({ baseUrl: 'https://proxy.example', apiKey: 'key' });

test('an alias that is written out is one of the catalogue, and each of the catalogue is', () => {
  expectTypeOf<ModelAlias>().toEqualTypeOf<CatalogueAlias>();
});

test('what a client can do is done by a method of its name', () => {
  expectTypeOf<Operation>().toExtend<keyof BedrockClient>();
});

test('an option of an ask is a field of its request, and each field is an option', () => {
  type OfClient = keyof RequestOptions | 'schema';
  type OfCall = 'model' | 'question';
  expectTypeOf<never>().toEqualTypeOf<Exclude<keyof AskRequest, keyof AskOptions | OfCall>>();
  expectTypeOf<never>().toEqualTypeOf<Exclude<keyof AskOptions, keyof AskRequest | OfClient>>();
});

test('an event is that of the contract, but that an error is thrown', () => {
  expectTypeOf<StreamEvent['type'] | 'error'>().toEqualTypeOf<WireStreamEvent['type']>();
});

test('a reset is a date, wherever there are limits', () => {
  expectTypeOf<Answer['limits']>().toEqualTypeOf<Limit[]>();
  expectTypeOf<StreamDone['limits']>().toEqualTypeOf<Limit[]>();
  expectTypeOf<UsageReport['limits']>().toEqualTypeOf<LimitPace[]>();
  expectTypeOf<Limit['resetsAt']>().toEqualTypeOf<Date>();
  expectTypeOf<QuotaFacts['resetsAt']>().toEqualTypeOf<Date | undefined>();
});

test('every code of the contract is a code of an error, besides those that the client makes', () => {
  type MadeHere =
    | 'timeout'
    | 'connection_failed'
    | 'aborted'
    | 'invalid_response'
    | 'stream_interrupted'
    | 'max_steps'
    | 'conversation_busy'
    | 'invalid_configuration';
  expectTypeOf<BedrockProxyErrorCode>().toEqualTypeOf<ErrorCode | MadeHere>();
});

test('a switch over the code narrows to the class, and the compiler knows which codes it leaves out', () => {
  function advice(error: AnyBedrockProxyError): string {
    switch (error.code) {
      case 'quota_exceeded':
        expectTypeOf(error).toEqualTypeOf<QuotaExceededError>();
        return `${error.resetsAt?.toISOString()}`;
      case 'unknown_model':
      case 'model_not_allowed':
        return error.available.join();
      case 'invalid_request':
        return error.issues.map(({ path }) => path).join();
      case 'timeout':
        return `${error.phase}`;
      case 'invalid_output':
        return `${error.stopReason} ${error.issues.length}`;
      default:
        expectTypeOf(error.code).toEqualTypeOf<
          Exclude<
            BedrockProxyErrorCode,
            | 'quota_exceeded'
            | 'unknown_model'
            | 'model_not_allowed'
            | 'invalid_request'
            | 'timeout'
            | 'invalid_output'
          >
        >();
        return error.message;
    }
  }
  expectTypeOf(advice).returns.toBeString();
});

test('instanceof and the guard narrow what was caught', () => {
  const caught: unknown = undefined;
  if (caught instanceof QuotaExceededError) {
    expectTypeOf(caught.resetsAt).toEqualTypeOf<Date | undefined>();
    expectTypeOf(caught.code).toEqualTypeOf<'quota_exceeded'>();
  }
  if (caught instanceof BedrockProxyError) {
    expectTypeOf(caught.requestId).toEqualTypeOf<string | undefined>();
  }
  if (isBedrockProxyError(caught)) {
    expectTypeOf(caught).toEqualTypeOf<AnyBedrockProxyError>();
    if (caught instanceof RateLimitedError) {
      expectTypeOf(caught.code).toEqualTypeOf<'rate_limited'>();
    }
  }
});

interface Person {
  name: string;
}
declare const person: StandardJsonSchema<Person>;
declare const plain: StandardSchema<Person>;
const outputSchema: JsonSchema = { type: 'object' };

test('an answer is a plain promise', () => {
  expectTypeOf(client.ask('llama', 'Hi')).toEqualTypeOf<Promise<Answer>>();
  expectTypeOf(client.usage()).toEqualTypeOf<Promise<UsageReport>>();
  expectTypeOf(client.models()).toEqualTypeOf<Promise<ModelList>>();
  expectTypeOf(client.safeAsk('llama', 'Hi')).toEqualTypeOf<Promise<SafeResult<Answer>>>();
});

test('a schema gives the output its type, and its lack leaves it unknown', () => {
  const structured = client.ask('llama', 'Who?', { schema: person, maxTokens: 5 });
  expectTypeOf(structured).toEqualTypeOf<Promise<StructuredAnswer<Person>>>();
  expectTypeOf<StructuredAnswer<Person>['output']>().toEqualTypeOf<Person>();
  expectTypeOf(client.ask('llama', 'Who?', { schema: person, outputSchema })).toEqualTypeOf(structured);
  expectTypeOf(client.ask('llama', 'Who?', { schema: plain, outputSchema })).toEqualTypeOf(structured);
  expectTypeOf(client.ask('llama', 'Who?', { outputSchema })).toEqualTypeOf<Promise<Answer>>();
  expectTypeOf<Answer['output']>().toBeUnknown();
  expectTypeOf(client.safeAsk('llama', 'Who?', { schema: person })).toEqualTypeOf<
    Promise<SafeResult<StructuredAnswer<Person>>>
  >();
  expectTypeOf<StructuredAskOptions<Person>>().toHaveProperty('timeoutMs');
});

/** As @types/json-schema has it: an interface, which has no index signature. */
interface JSONSchema7 {
  $schema?: string | undefined;
  type?: 'object' | 'string' | undefined;
  properties?: { [name: string]: JSONSchema7 | boolean } | undefined;
  required?: string[] | undefined;
}
declare const published: JSONSchema7;
const written = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;

test('a JSON Schema may have any type that is one of an object', () => {
  expectTypeOf<JSONSchema7>().toExtend<JsonSchema>();
  expectTypeOf<Readonly<JSONSchema7>>().toExtend<JsonSchema>();
  expectTypeOf(written).toExtend<JsonSchema>();
  expectTypeOf<string[]>().not.toExtend<JsonSchema>();
  expectTypeOf<() => void>().not.toExtend<JsonSchema>();
  expectTypeOf(client.ask).toBeCallableWith('llama', 'Who?', { outputSchema: published });
  expectTypeOf(client.ask('llama', 'Who?', { schema: plain, outputSchema: published })).toEqualTypeOf<
    Promise<StructuredAnswer<Person>>
  >();
  tool({ name: 'greet', inputSchema: published });
  tool({ name: 'greet', input: plain, inputSchema: published, run: ({ name }) => name });
  expectTypeOf(client.ask).toBeCallableWith('llama', 'Hi', {
    tools: [{ name: 'greet', inputSchema: published }],
  });
});

test('a function around a method takes what the method takes', () => {
  type Asked<Output> = AskOptions | StructuredAskOptions<Output>;
  type Run<Output> = RunOptions | StructuredRunOptions<Output>;
  type Streamed<Output> = StreamOptions | StructuredStreamOptions<Output>;
  type Turn<Output> = TurnOptions | StructuredTurnOptions<Output>;
  const conversation = client.conversation('llama');
  const either = {
    ask: <Output>(options: Asked<Output>) => client.ask('llama', 'Hi', options),
    safeAsk: <Output>(options?: Asked<Output>) => client.safeAsk('llama', 'Hi', options),
    stream: <Output>(options: Streamed<Output>) => client.stream('llama', 'Hi', options),
    run: <Output>(options: Run<Output>) => client.run('llama', 'Hi', options),
    turn: <Output>(options: Turn<Output>) => conversation.ask('Hi', options),
  };
  expectTypeOf(either.ask).returns.toEqualTypeOf<Promise<Answer>>();
  expectTypeOf(either.safeAsk).returns.toEqualTypeOf<Promise<SafeResult<Answer>>>();
  expectTypeOf(either.stream).returns.toEqualTypeOf<AnswerStream>();
  expectTypeOf(either.run).returns.toEqualTypeOf<Promise<RunResult>>();
  expectTypeOf(either.turn).returns.toEqualTypeOf<Promise<RunResult>>();

  const typed = <Output>(options: StructuredAskOptions<Output>) => client.ask('llama', 'Hi', options);
  expectTypeOf(typed({ schema: person })).toEqualTypeOf<Promise<StructuredAnswer<Person>>>();
  const within = (options: Omit<AskOptions, 'signal'>, signal: AbortSignal) =>
    client.ask('llama', 'Hi', { ...options, signal });
  expectTypeOf(within).returns.toEqualTypeOf<Promise<Answer>>();
  const typedWithin = (options: AskOptions) => client.ask('llama', 'Hi', { ...options, schema: person });
  expectTypeOf(typedWithin).returns.toEqualTypeOf<Promise<StructuredAnswer<Person>>>();
  const generic = <Options extends AskOptions>(options: Options) => client.ask('llama', 'Hi', options);
  expectTypeOf(generic).returns.toEqualTypeOf<Promise<Answer>>();
  const around = (...given: Parameters<BedrockClient['ask']>) => client.ask(...given);
  expectTypeOf(around).returns.toEqualTypeOf<ReturnType<BedrockClient['ask']>>();
  interface OfTenant extends AskOptions {
    readonly tenant: string;
  }
  expectTypeOf<OfTenant>().toExtend<AskOptions>();
});

test('a schema of the contract, which zod/mini makes, is a Standard Schema', () => {
  const asked = client.ask('llama', 'Who?', { schema: UsageSchema, outputSchema });
  expectTypeOf(asked).toEqualTypeOf<Promise<StructuredAnswer<Usage>>>();
});

test('a stream yields events, texts and the whole answer', async () => {
  const stream = client.stream('llama', 'Hi');
  expectTypeOf(stream).toEqualTypeOf<AnswerStream>();
  for await (const event of stream) {
    expectTypeOf(event).toEqualTypeOf<StreamEvent>();
    if (event.type === 'delta') expectTypeOf(event.text).toBeString();
    if (event.type === 'done') expectTypeOf(event.output).toBeUnknown();
    switch (event.type) {
      case 'start':
      case 'delta':
      case 'block_start':
      case 'block_delta':
      case 'block_end':
      case 'done':
        break;
      default:
        event satisfies never;
    }
  }
  for await (const text of stream.textStream()) expectTypeOf(text).toBeString();
  expectTypeOf(stream.final()).toEqualTypeOf<Promise<Answer>>();
});

test('a stream with a schema has typed output', async () => {
  const stream = client.stream('llama', 'Who?', { schema: person, idleTimeoutMs: 5000 });
  expectTypeOf(stream).toEqualTypeOf<AnswerStream<StructuredAnswer<Person>>>();
  for await (const event of stream) {
    if (event.type === 'done') expectTypeOf(event.output).toEqualTypeOf<Person>();
  }
  expectTypeOf((await stream.final()).output).toEqualTypeOf<Person>();
  expectTypeOf(client.stream('llama', 'Who?', { schema: plain, outputSchema })).toEqualTypeOf(stream);
});

const look = { type: 'image', data: new Blob([]) } as const;

test('a question is a string or blocks, whose files say their format or are Blobs', () => {
  expectTypeOf(client.ask('llama', [{ type: 'text', text: 'What is this?' }, look])).toEqualTypeOf<
    Promise<Answer>
  >();
  expectTypeOf<Uint8Array>().toExtend<ImageInput['data']>();
  expectTypeOf<Block>().toExtend<BlockInput>();
  expectTypeOf<Message>().toExtend<MessageInput>();
  expectTypeOf<Answer['content']>().toEqualTypeOf<AnswerBlock[]>();
  expectTypeOf<Answer['content']>().toExtend<MessageInput['content']>();
});

test('the input of a tool has the type of its schema', () => {
  tool({ name: 'greet', input: person, run: (input) => expectTypeOf(input).toEqualTypeOf<Person>() });
  tool({ name: 'greet', input: plain, inputSchema: outputSchema, run: ({ name }) => name });
  tool({
    name: 'greet',
    inputSchema: outputSchema,
    run: (input, { signal }) => {
      expectTypeOf(input).toEqualTypeOf<Record<string, unknown>>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    },
  });
  expectTypeOf(tool({ name: 'greet', input: person })).toEqualTypeOf<Tool>();
  expectTypeOf(tool({ name: 'greet', input: person, run: () => 1 })).toEqualTypeOf<RunnableTool>();
});

declare const greet: RunnableTool;

test('a run takes tools beside a schema, and its result has the type of the schema', () => {
  expectTypeOf(client.run('llama', 'Hi', { tools: [greet], maxSteps: 2 })).toEqualTypeOf<
    Promise<RunResult>
  >();
  expectTypeOf(client.run('llama', 'Hi', { tools: [greet], schema: person })).toEqualTypeOf<
    Promise<StructuredRunResult<Person>>
  >();
  expectTypeOf<StructuredRunResult<Person>['output']>().toEqualTypeOf<Person>();
  expectTypeOf<RunResult['messages']>().toExtend<NonNullable<RunOptions['messages']>>();
});

test('a run that failed goes on from its progress', () => {
  const progress = runProgress(undefined);
  expectTypeOf(progress).toEqualTypeOf<RunProgress | undefined>();
  expectTypeOf(client.run).toBeCallableWith('llama', progress?.question ?? '', {
    messages: progress?.messages,
  });
});

test('a conversation asks as a run does and streams as a stream does, without what it has itself', () => {
  const conversation = client.conversation('llama', { tools: [greet], cache: '5m', idleTimeoutMs: 5 });
  expectTypeOf(conversation.ask('Hi')).toEqualTypeOf<Promise<RunResult>>();
  expectTypeOf(conversation.ask('Hi', { schema: person })).toEqualTypeOf<
    Promise<StructuredRunResult<Person>>
  >();
  expectTypeOf(conversation.stream('Hi')).toEqualTypeOf<AnswerStream>();
  expectTypeOf(conversation.stream('Hi', { schema: person })).toEqualTypeOf<
    AnswerStream<StructuredAnswer<Person>>
  >();
  expectTypeOf(conversation.messages).toExtend<ConversationOptions['messages']>();
});

test('embed takes one text or several, and returns vectors of numbers', () => {
  expectTypeOf(client.embed('titan-embed-v2', 'Hi')).toEqualTypeOf<Promise<Embeddings>>();
  expectTypeOf(client.embed).toBeCallableWith('titan-embed-v2', ['Hi'], { purpose: 'query' });
  expectTypeOf<Embeddings['vectors']>().toEqualTypeOf<number[][]>();
  expectTypeOf<Embeddings['limits']>().toEqualTypeOf<Limit[]>();
});

test('a safe result narrows by ok', async () => {
  const result = await client.safeAsk('llama', 'Hi');
  if (result.ok) {
    expectTypeOf(result.value).toEqualTypeOf<Answer>();
    expectTypeOf(result.error).toBeUndefined();
  } else {
    expectTypeOf(result.error).toEqualTypeOf<AnyBedrockProxyError>();
    expectTypeOf(result.value).toBeUndefined();
  }
});

test('console is a logger, and hooks see typed events', () => {
  expectTypeOf<Console>().toExtend<Logger>();
  createBedrockClient({
    hooks: {
      onRetry: ({ error, delayMs }) => {
        expectTypeOf(error).toEqualTypeOf<AnyBedrockProxyError>();
        expectTypeOf(delayMs).toBeNumber();
      },
    },
  });
});

test('any alias can be asked, because a deployment may have its own', () => {
  expectTypeOf(client.ask).toBeCallableWith('titan', 'Hi');
  expectTypeOf(client.ask).toBeCallableWith('our-own-model', 'Hi');
});

test('every option may be undefined, under exactOptionalPropertyTypes too', () => {
  expectTypeOf<{ [Key in keyof AskOptions]-?: undefined }>().toExtend<AskOptions>();
  expectTypeOf<{ [Key in keyof RequestOptions]-?: undefined }>().toExtend<RequestOptions>();
  expectTypeOf<{ [Key in keyof StreamOptions]-?: undefined }>().toExtend<StreamOptions>();
  expectTypeOf<{ [Key in keyof RunOptions]-?: undefined }>().toExtend<RunOptions>();
  expectTypeOf<{ [Key in keyof EmbedOptions]-?: undefined }>().toExtend<EmbedOptions>();
  expectTypeOf<{ [Key in keyof ConversationOptions]-?: undefined }>().toExtend<ConversationOptions>();
  expectTypeOf<{ [Key in keyof BedrockClientOptions]-?: undefined }>().toExtend<BedrockClientOptions>();
});

test('the global fetch and a double are both a fetch', () => {
  expectTypeOf<typeof globalThis.fetch>().toExtend<NonNullable<BedrockClientOptions['fetch']>>();
  expectTypeOf<() => Promise<Response>>().toExtend<NonNullable<BedrockClientOptions['fetch']>>();
});

test('a client can be faked', () => {
  const usedUp = new QuotaExceededError({ message: 'Used up.', limit: 'usd', period: 'month' });
  const failed: SafeResult<never> = { ok: false, error: usedUp };
  const fake: BedrockClient = {
    ...client,
    ask: () => Promise.reject(usedUp),
    safeAsk: async () => failed,
    models: async () => ({ models: [], requestId: undefined, attempts: 1 }),
    usage: async () => ({ limits: [], requestId: undefined, attempts: 1 }),
  };
  expectTypeOf(fake).toEqualTypeOf<BedrockClient>();
});

test('misuse does not compile', () => {
  // @ts-expect-error: a question is needed
  () => client.ask('llama');
  // @ts-expect-error: a question is text, or blocks
  () => client.ask('llama', { question: 'Hi' });
  // @ts-expect-error: a block of an answer
  () => client.ask('llama', [{ type: 'reasoning', text: 'Hm.' }]);
  // @ts-expect-error: bytes do not say their format
  () => client.ask('llama', [{ type: 'image', data: new Uint8Array() }]);
  // @ts-expect-error: a format of another kind of file
  () => client.ask('llama', [{ type: 'image', format: 'pdf', data: '' }]);
  // @ts-expect-error: a file is not named by its address
  () => client.ask('llama', [{ type: 'image', url: 'https://example.com/a.png' }]);
  // @ts-expect-error: an answer that fits a schema has no place for the call of a tool
  () => client.ask('llama', 'Who?', { schema: person, tools: [greet] });
  // @ts-expect-error: an option of run
  () => client.ask('llama', 'Hi', { maxSteps: 5 });
  // @ts-expect-error: a choice that does not exist
  () => client.ask('llama', 'Hi', { tools: [greet], toolChoice: 'any' });
  // @ts-expect-error: a tool without a schema
  () => tool({ name: 'greet', run: () => 1 });
  // @ts-expect-error: a schema that cannot say itself as a JSON Schema, without one
  () => tool({ name: 'greet', input: plain, run: () => 1 });
  // @ts-expect-error: a parameter that the schema does not give
  () => tool({ name: 'greet', input: person, run: (input: { age: number }) => input.age });
  // @ts-expect-error: run made by hand does not check its input
  () => client.run('llama', 'Hi', { tools: [{ name: 'greet', inputSchema: {}, run: () => 1 }] });
  // @ts-expect-error: a conversation has the turns itself
  () => client.conversation('llama').ask('Hi', { messages: [] });
  // @ts-expect-error: a conversation has the tools for all its turns
  () => client.conversation('llama').ask('Hi', { tools: [greet] });
  // @ts-expect-error: files of earlier turns are in base64
  () => client.conversation('llama', { messages: [{ role: 'user', content: [look] }] });
  // @ts-expect-error: a purpose that does not exist
  () => client.embed('titan-embed-v2', 'Hi', { purpose: 'search' });
  // @ts-expect-error: an option that does not exist
  () => client.ask('llama', 'Hi', { max_tokens: 5 });
  // @ts-expect-error: usage is asked of no model
  () => client.usage('llama');
  // @ts-expect-error: an option of ask
  () => client.usage({ maxTokens: 5 });
  // @ts-expect-error: an option of stream
  () => client.ask('llama', 'Hi', { idleTimeoutMs: 5 });
  // @ts-expect-error: a schema that cannot say itself as a JSON Schema, without one
  () => client.ask('llama', 'Who?', { schema: plain });
  // @ts-expect-error: the same of a stream
  () => client.stream('llama', 'Who?', { schema: plain });
  // @ts-expect-error: a JSON Schema is not a schema
  () => client.ask('llama', 'Who?', { schema: outputSchema });
  // @ts-expect-error: an option that does not exist, beside a schema
  () => client.ask('llama', 'Who?', { schema: person, max_tokens: 5 });
  // @ts-expect-error: a JSON Schema is an object
  () => client.ask('llama', 'Who?', { outputSchema: 'object' });
  // @ts-expect-error: a stream is not a promise of an answer
  () => client.stream('llama', 'Hi').text;
  // @ts-expect-error: models are asked of no model
  () => client.models('llama');
  // @ts-expect-error: an output of unknown type
  async () => (await client.ask('llama', 'Who?', { outputSchema })).output.name;
  // @ts-expect-error: a result has a value only where it is ok
  async () => (await client.safeAsk('llama', 'Hi')).value.text;
  // @ts-expect-error: a hook that does not exist
  () => createBedrockClient({ hooks: { onStart: () => {} } });
  // @ts-expect-error: a logger needs every level
  () => createBedrockClient({ logger: { debug: () => {} } });
  // @ts-expect-error: a role that does not exist
  () => client.ask('llama', 'Hi', { history: [{ role: 'system', text: 'Hi' }] });
  // @ts-expect-error: a time is a number of milliseconds
  () => createBedrockClient({ timeoutMs: '30s' });
  // @ts-expect-error: the base is abstract
  () => new BedrockProxyError({ message: 'No.' });
});
