import { headers as headerNames } from '@org/contract';
import { errorFromResponse, saysItAll } from '../errors/error-from-response.ts';
import { ConfigurationError } from '../errors/errors.ts';
import type { FetchResponse } from '../http/fetch.ts';
import { readRequestId } from '../http/response-headers.ts';
import { readApiKey } from '../options/api-key.ts';
import { field, hasFields } from '../options/duck-typing.ts';
import type { Call } from './call.ts';
import { connectionError } from './connection-error.ts';
import type { ReplyHead } from './reply.ts';
import type { Timers } from './timers.ts';
import { version } from './version.ts';

/** A 2xx response whose body has not been read. */
export interface OpenReply extends ReplyHead {
  readonly response: FetchResponse;
  readonly timers: Timers;
  /** Ends `work`, a reading of the body, with the call. Throws only errors of this package. */
  guard<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** A call whose files are read. */
interface ReadyCall extends Omit<Call, 'body'> {
  /** JSON. */
  readonly body: string | undefined;
}

/** Sends a request once. Throws only errors of this package, also for a response that is not 2xx. */
export async function sendOnce(call: ReadyCall, timers: Timers): Promise<OpenReply> {
  const { body, client, observer, route, runtime, settings } = call;
  const { baseUrl } = client;
  const url = baseUrl + route.path;
  timers.startAttempt();
  const source = client.apiKey;
  const apiKey = typeof source === 'string' ? source : await timers.race(readApiKey(source, timers.attempts));

  const guard = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await timers.race(work());
    } catch (error) {
      timers.signal.throwIfAborted();
      throw connectionError(error, { facts: timers.facts(), apiKey, baseUrl, billable: route.asks });
    }
  };

  timers.startSending();
  const { attempts } = timers;
  observer.request({ attempt: attempts, method: route.method, url });
  const sentAt = runtime.now();
  const response = await guard(() =>
    client.fetch(url, {
      method: route.method,
      headers: { ...settings.headers, ...ownHeaders(call, apiKey, attempts) },
      ...(body === undefined ? {} : { body }),
      signal: timers.signal,
      redirect: 'manual',
    }),
  );
  checkResponse(response, attempts);
  const { status, headers } = response;
  const requestId = readRequestId(headers);
  timers.startReading({ status, requestId });
  const durationMs = runtime.now() - sentAt;
  observer.response({ attempt: attempts, status, requestId, durationMs });
  if (response.ok) {
    return { status, headers, attempts, response, timers, guard };
  }
  const text = await guard(() => response.text()).catch((error) => {
    if (saysItAll(status)) return '';
    throw error;
  });
  timers.signal.throwIfAborted();
  throw errorFromResponse({ status, headers, text }, { attempts, now: runtime.now() });
}

function ownHeaders(
  { body, client, route }: ReadyCall,
  apiKey: string,
  attempt: number,
): Record<string, string> {
  const { platform } = client;
  return {
    [headerNames.apiKey]: apiKey,
    accept: route.mediaType,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    [headerNames.client]: `ts/${version}; runtime=${platform}; attempt=${attempt}`,
    // Not every browser lets a page set it, and CORS would have to allow it.
    ...(platform === 'browser' ? {} : { 'user-agent': `bedrock-client/${version} (${platform})` }),
  };
}

function checkResponse(value: unknown, attempts: number): void {
  const isResponse =
    hasFields(value, { status: 'number', text: 'function' }) &&
    hasFields(field(value, 'headers'), { get: 'function' });
  if (!isResponse) {
    throw notAResponse(attempts);
  }
}

/** The error for a custom fetch that does not return what a fetch does. */
export function notAResponse(attempts: number): ConfigurationError {
  return new ConfigurationError({
    field: 'fetch',
    message: 'fetch must return a promise of a standard Response.',
    attempts,
  });
}
