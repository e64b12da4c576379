import { headers as headerNames } from '@org/contract';
import ky from 'ky';
import type { ReplyHead } from '../answer/read-reply.ts';
import { errorFromResponse } from '../errors/error-from-response.ts';
import { ConfigurationError, isBedrockProxyError } from '../errors/errors.ts';
import type { Observer } from '../hooks/observer.ts';
import type { FetchResponse } from '../http/fetch.ts';
import { readRequestId } from '../http/request-id.ts';
import type { Route } from '../http/routes.ts';
import { readApiKey } from '../options/api-key.ts';
import { field, hasFields } from '../options/duck-typing.ts';
import { runtimeName } from '../options/environment.ts';
import type { CallSettings, ClientSettings } from '../options/settings.ts';
import { connectionError } from './connection-error.ts';
import { decideRetry } from './retry.ts';
import type { Runtime } from './runtime.ts';
import type { CallLimits } from './timers.ts';
import { version } from './version.ts';

/** One request to the proxy, with everything that its sending depends on. */
export interface Call {
  readonly route: Route;
  /** JSON; `undefined` where a request has no body. */
  readonly body: string | undefined;
  readonly client: ClientSettings;
  readonly settings: CallSettings;
  readonly runtime: Runtime;
  readonly observer: Observer;
}

/** A 2xx response whose body has not been read. */
export interface OpenReply extends ReplyHead {
  readonly response: FetchResponse;
  readonly limits: CallLimits;
  /** Ends `work`, a reading of the body, with the call; throws errors of this package alone. */
  guard<Value>(work: () => Promise<Value>): Promise<Value>;
}

/**
 * Sends a request until `accept` takes a 2xx response, or it fails for good. Throws errors of this package alone.
 *
 * ky drives the attempts, but never sees the key, the question, the caller's signal or a raw failure: its errors print
 * the request, its time limits begin anew for the body, and its own retry policy would send a call twice that may
 * have been billed. So each attempt ends in a response or in an error of ours, and `decideRetry` decides.
 */
export function send<Result>(
  call: Call,
  limits: CallLimits,
  accept: (reply: OpenReply) => Promise<Result>,
): Promise<Result> {
  const { body, client, observer, route, runtime, settings } = call;
  const startedAt = runtime.now();
  const url = client.baseUrl + route.path;
  let apiKey = '';

  const attempt = async (): Promise<OpenReply> => {
    limits.startAttempt();
    const source = client.apiKey;
    apiKey = typeof source === 'string' ? source : await limits.race(readApiKey(source, limits.attempts));
    limits.startSending();
    const { attempts } = limits;
    observer.request({ attempt: attempts, method: route.method, url });
    const sentAt = runtime.now();
    const response = await guard(() =>
      client.fetch(url, {
        method: route.method,
        headers: { ...settings.headers, ...ownHeaders(call, apiKey, attempts) },
        ...(body === undefined ? {} : { body }),
        signal: limits.signal,
        redirect: 'manual',
      }),
    );
    checkResponse(response, attempts);
    const { status, headers } = response;
    const requestId = readRequestId(headers);
    limits.startReading({ status, requestId });
    const durationMs = runtime.now() - sentAt;
    observer.response({ attempt: attempts, status, requestId, durationMs });
    if (response.ok) {
      return { status, headers, attempts, response, limits, guard };
    }
    // Without its body the status still says something.
    const text = await guard(() => response.text()).catch(() => '');
    limits.signal.throwIfAborted();
    throw errorFromResponse({ status, headers, text }, { attempts, now: runtime.now() });
  };

  const guard = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await limits.race(work());
    } catch (error) {
      limits.signal.throwIfAborted();
      const { baseUrl } = client;
      throw connectionError(error, { facts: limits.facts(), apiKey, baseUrl, billable: body !== undefined });
    }
  };

  const shouldRetry = async ({ error }: { error: Error }): Promise<boolean> => {
    if (!isBedrockProxyError(error)) {
      return false;
    }
    const { attempts } = limits;
    const delayMs = decideRetry(error, {
      attempts,
      elapsedMs: runtime.now() - startedAt,
      deadlineMs: settings.deadlineMs,
      random: runtime.random(),
    });
    if (delayMs === undefined) {
      return false;
    }
    limits.startWaiting();
    observer.retry({ attempt: attempts, error, delayMs });
    await runtime.sleep(delayMs, limits.signal);
    return true;
  };

  return new Promise((resolve, reject) => {
    limits.signal.throwIfAborted();
    ky(url, {
      method: route.method,
      fetch: async () => {
        const reply = await attempt();
        resolve(await accept(reply));
        // That of a fetch of one's own need not be a standard one. ky does nothing with it.
        return reply.response instanceof Response ? reply.response : new Response();
      },
      timeout: false,
      throwHttpErrors: false,
      retry: {
        limit: settings.maxRetries,
        methods: [route.method === 'GET' ? 'get' : 'post'],
        shouldRetry,
        delay: () => 0,
      },
    }).catch(reject);
  });
}

function ownHeaders({ body, route }: Call, apiKey: string, attempt: number): Record<string, string> {
  const runtime = runtimeName();
  return {
    [headerNames.apiKey]: apiKey,
    accept: route.accept,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    'x-bedrock-client': `ts/${version}; runtime=${runtime}; attempt=${attempt}`,
    // A page may not set it everywhere, and has to be allowed to by CORS where it may.
    ...(runtime === 'browser' ? {} : { 'user-agent': `bedrock-client/${version} (${runtime})` }),
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

/** The error for a fetch of one's own that does not return what a fetch does. */
export function notAResponse(attempts: number): ConfigurationError {
  return new ConfigurationError({
    field: 'fetch',
    message: 'fetch must return a promise of a standard Response.',
    attempts,
  });
}
