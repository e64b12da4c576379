import type {
  CatalogueAlias,
  ErrorCode,
  LimitKind,
  LimitPeriod,
  LimitScope,
  LimitStatus,
  Answer as WireAnswer,
  Usage as WireUsage,
  UsageReport as WireUsageReport,
} from '@org/contract';
import { expectTypeOf, test } from 'vitest';
import {
  type Answer,
  type AnyBedrockProxyError,
  type AskOptions,
  type BedrockClient,
  type BedrockClientOptions,
  BedrockProxyError,
  type BedrockProxyErrorCode,
  createBedrockClient,
  isBedrockProxyError,
  type Limit,
  type ModelAlias,
  QuotaExceededError,
  type QuotaFacts,
  RateLimitedError,
  type RequestOptions,
  type Usage,
  type UsageReport,
} from './index.ts';

const client = createBedrockClient({ baseUrl: 'https://proxy.example', apiKey: 'key' });

test('what is written out is equal to the contract', () => {
  expectTypeOf<ModelAlias>().toEqualTypeOf<CatalogueAlias>();
  expectTypeOf<Usage>().toEqualTypeOf<WireUsage>();
  expectTypeOf<Omit<Answer, 'limits' | 'requestId' | 'attempts'>>().toEqualTypeOf<
    Omit<WireAnswer, 'limits'>
  >();
  expectTypeOf<keyof Omit<UsageReport, 'requestId' | 'attempts'>>().toEqualTypeOf<keyof WireUsageReport>();
});

/** The values that are written out in a union that takes any other text too. */
type Written<Text> = Text extends string ? (string extends Text ? never : Text) : never;

test('a limit is that of the contract, with the known kinds written out and a date for its text', () => {
  type Loose<Status> = { [Key in keyof Status]: Status[Key] extends number ? number : unknown };
  expectTypeOf<Loose<Limit>>().toEqualTypeOf<Loose<LimitStatus>>();
  expectTypeOf<Omit<LimitStatus, 'resetsAt'>>().toExtend<Omit<Limit, 'resetsAt'>>();
  expectTypeOf<Written<Limit['limit']>>().toEqualTypeOf<LimitKind>();
  expectTypeOf<Written<Limit['period']>>().toEqualTypeOf<LimitPeriod>();
  expectTypeOf<Written<Limit['scope']>>().toEqualTypeOf<LimitScope>();
  expectTypeOf<Limit['resetsAt']>().toEqualTypeOf<Date>();
});

test('an error names its limit as an answer does', () => {
  expectTypeOf<keyof QuotaFacts>().toEqualTypeOf<Exclude<keyof Limit, 'remaining'>>();
  expectTypeOf<Required<QuotaFacts>>().toEqualTypeOf<
    Readonly<{ [Key in keyof QuotaFacts]-?: Limit[Key] | undefined }>
  >();
});

test('every code of the contract is a code of an error, besides those that the client makes', () => {
  type MadeHere = 'timeout' | 'connection_failed' | 'aborted' | 'invalid_response' | 'invalid_configuration';
  expectTypeOf<BedrockProxyErrorCode>().toEqualTypeOf<ErrorCode | MadeHere>();
});

test('a switch over the code is exhaustive, and narrows to the class', () => {
  function advice(error: AnyBedrockProxyError): string {
    switch (error.code) {
      case 'quota_exceeded':
        expectTypeOf(error).toEqualTypeOf<QuotaExceededError>();
        return `${error.resetsAt?.toISOString()}`;
      case 'rate_limited':
      case 'model_throttled':
        return `${error.retryAfterMs}`;
      case 'unknown_model':
      case 'model_not_allowed':
        return error.available.join();
      case 'invalid_json':
      case 'invalid_request':
      case 'context_too_long':
      case 'unsupported_feature':
      case 'unknown_route':
      case 'request_too_large':
        return error.issues.map(({ path }) => path).join();
      case 'model_timeout':
      case 'timeout':
        return `${error.phase}`;
      case 'invalid_response':
        return `${error.contentType}`;
      case 'invalid_configuration':
        return error.field;
      case 'unauthenticated':
      case 'model_unavailable':
      case 'upstream_error':
      case 'upstream_denied':
      case 'limits_unavailable':
      case 'internal':
      case 'connection_failed':
      case 'aborted':
        return error.message;
      default:
        return error satisfies never;
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

test('an answer is a plain promise', () => {
  expectTypeOf(client.ask('llama', 'Hi')).toEqualTypeOf<Promise<Answer>>();
  expectTypeOf(client.usage()).toEqualTypeOf<Promise<UsageReport>>();
});

test('any alias can be asked, for a deployment may have its own', () => {
  expectTypeOf(client.ask).toBeCallableWith('titan', 'Hi');
  expectTypeOf(client.ask).toBeCallableWith('our-own-model', 'Hi');
});

test('every option may be undefined, under exactOptionalPropertyTypes too', () => {
  expectTypeOf<{ [Key in keyof AskOptions]-?: undefined }>().toExtend<AskOptions>();
  expectTypeOf<{ [Key in keyof RequestOptions]-?: undefined }>().toExtend<RequestOptions>();
  expectTypeOf<{ [Key in keyof BedrockClientOptions]-?: undefined }>().toExtend<BedrockClientOptions>();
});

test('the global fetch and a double are both a fetch', () => {
  expectTypeOf<typeof globalThis.fetch>().toExtend<NonNullable<BedrockClientOptions['fetch']>>();
  expectTypeOf<() => Promise<Response>>().toExtend<NonNullable<BedrockClientOptions['fetch']>>();
});

test('a client can be faked', () => {
  const fake: BedrockClient = {
    ask: () => Promise.reject(new QuotaExceededError({ message: 'Used up.', limit: 'usd', period: 'month' })),
    usage: async () => ({ limits: [], requestId: undefined, attempts: 1 }),
  };
  expectTypeOf(fake).toEqualTypeOf<BedrockClient>();
});

test('misuse does not compile', () => {
  // @ts-expect-error: a question is needed
  () => client.ask('llama');
  // @ts-expect-error: a question is text
  () => client.ask('llama', { question: 'Hi' });
  // @ts-expect-error: an option that does not exist
  () => client.ask('llama', 'Hi', { max_tokens: 5 });
  // @ts-expect-error: usage is asked of no model
  () => client.usage('llama');
  // @ts-expect-error: an option of ask
  () => client.usage({ maxTokens: 5 });
  // @ts-expect-error: a role that does not exist
  () => client.ask('llama', 'Hi', { history: [{ role: 'system', text: 'Hi' }] });
  // @ts-expect-error: a time is a number of milliseconds
  () => createBedrockClient({ timeoutMs: '30s' });
  // @ts-expect-error: the base is abstract
  () => new BedrockProxyError({ message: 'No.' });
});
