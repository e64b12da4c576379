import { headers as headerNames, type Route } from '@org/contract';
import ky from 'ky';
import { readApiKey } from './api-key.ts';
import { CallLimits } from './call-limits.ts';
import { connectionError } from './connection-error.ts';
import { isBrowser, runtimeName } from './environment.ts';
import { errorFromResponse } from './error-from-response.ts';
import { isBedrockProxyError } from './errors.ts';
import { decideRetry } from './retry.ts';
import type { Runtime } from './runtime.ts';
import type { CallSettings, ClientSettings } from './settings.ts';
import { version } from './version.ts';

/** One request to the proxy, with everything that its sending depends on. */
export interface Call {
  readonly route: Pick<Route, 'method' | 'path'>;
  /** `undefined` where a request has no body. */
  readonly body: unknown;
  readonly client: ClientSettings;
  readonly settings: CallSettings;
  readonly runtime: Runtime;
}

/** A 2xx response, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly attempts: number;
}

/**
 * Sends a request until it succeeds, or fails for good. Throws errors of this package alone.
 *
 * ky drives the attempts, but never sees the key, the caller's signal or a raw failure: its errors print the
 * request, its time limits begin anew for the body, and its own retry policy would send a call twice that may
 * have been billed. So each attempt ends in a response or in an error of ours, and `decideRetry` decides.
 */
export async function send(call: Call): Promise<Reply> {
  const { client, route, runtime, settings } = call;
  const startedAt = runtime.now();
  const limits = new CallLimits(settings);
  let apiKey = '';

  const attempt = async (request: Request): Promise<Response> => {
    limits.startAttempt();
    apiKey = await limits.race(readApiKey(client.apiKey));
    const body = await request.text();
    limits.startSending();
    const response = await exchange(() =>
      client.fetch(request.url, {
        method: request.method,
        headers: {
          ...Object.fromEntries(request.headers),
          ...ownHeaders(apiKey, limits.attempts),
          ...(body === '' ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === '' ? {} : { body }),
        signal: limits.signal,
        redirect: 'manual',
      }),
    );
    limits.startReading();
    if (response.ok) {
      return response;
    }
    const { status, headers } = response;
    // Without its body the status still says something.
    const text = await exchange(() => response.text()).catch(() => '');
    limits.signal.throwIfAborted();
    throw errorFromResponse({ status, headers, text }, { attempts: limits.attempts, now: runtime.now() });
  };

  const exchange = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await limits.race(work());
    } catch (error) {
      limits.signal.throwIfAborted();
      throw connectionError(error, { attempts: limits.attempts, apiKey });
    }
  };

  const shouldRetry = async ({ error }: { error: Error }): Promise<boolean> => {
    if (!isBedrockProxyError(error)) {
      return false;
    }
    const waitMs = decideRetry(error, {
      attempts: limits.attempts,
      elapsedMs: runtime.now() - startedAt,
      deadlineMs: settings.deadlineMs,
      random: runtime.random(),
    });
    if (waitMs === undefined) {
      return false;
    }
    limits.startWaiting();
    await runtime.sleep(waitMs, limits.signal);
    return true;
  };

  try {
    limits.signal.throwIfAborted();
    const response = await ky(route.path, {
      prefix: client.baseUrl,
      method: route.method,
      headers: settings.headers,
      json: call.body,
      fetch: (input, init) => attempt(new Request(input, init)),
      timeout: false,
      throwHttpErrors: false,
      retry: {
        limit: settings.maxRetries,
        methods: [route.method === 'GET' ? 'get' : 'post'],
        shouldRetry,
        delay: () => 0,
      },
    });
    const text = await exchange(() => response.text());
    return { status: response.status, headers: response.headers, text, attempts: limits.attempts };
  } finally {
    limits.end();
  }
}

function ownHeaders(apiKey: string, attempt: number): Record<string, string> {
  const runtime = runtimeName();
  return {
    [headerNames.apiKey]: apiKey,
    accept: 'application/json',
    'x-bedrock-client': `ts/${version}; runtime=${runtime}; attempt=${attempt}`,
    // A page may not set it everywhere, and has to be allowed to by CORS where it may.
    ...(isBrowser() ? {} : { 'user-agent': `bedrock-client/${version} (${runtime})` }),
  };
}
