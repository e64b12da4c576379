import { headers as headerNames } from '@org/contract';
import { errorFromResponse, saysItAll } from '../errors/error-from-response.ts';
import { ConnectionError } from '../errors/errors.ts';
import { readRequestId } from '../http/response-headers.ts';
import { readApiKey } from '../options/api-key.ts';
import { field, hasFields } from '../options/duck-typing.ts';
import type { Call } from './call.ts';
import { connectionError, signInError } from './connection-error.ts';
import { notAResponse, type OpenReply, readText } from './open-reply.ts';
import type { Timers } from './timers.ts';
import { version } from './version.ts';

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
      throw connectionError(error, {
        facts: timers.facts(),
        apiKey,
        baseUrl,
        billable: route.asks,
        pageHeaders: client.platform === 'browser' ? Object.keys(settings.headers) : undefined,
      });
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
  const reply = { status, headers, attempts, response, timers, guard };
  if (response.ok) {
    return reply;
  }
  if (status === 407) {
    throw signInError(baseUrl, timers.facts());
  }
  const text = await readText(reply).catch((error) => {
    if (error instanceof ConnectionError && saysItAll(status)) return '';
    throw error;
  });
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
