import ky from 'ky';
import { ConfigurationError, isBedrockProxyError } from '../errors/errors.ts';
import { field } from '../options/duck-typing.ts';
import { type ClientSettings, globalFetch } from '../options/settings.ts';
import type { Call } from './call.ts';
import type { OpenReply } from './open-reply.ts';
import { decideRetry } from './retry.ts';
import type { Timers } from './timers.ts';
import { sendOnce } from './transport.ts';

/**
 * Sends a request until `accept` takes a 2xx response, or it fails for good. Throws only errors of this package.
 *
 * ky drives the attempts, but never sees the key, the question, the caller's signal or a raw failure: its errors print
 * the request, its time limits start again with the body, and its own retry policy would send a call twice that may
 * have been billed. So each attempt ends in a response or in an error of ours, and `decideRetry` decides.
 */
export async function send<Result>(
  call: Call,
  timers: Timers,
  accept: (reply: OpenReply) => Promise<Result>,
): Promise<Result> {
  const { client, observer, route, runtime, settings } = call;
  const startedAt = runtime.now();
  checkGlobals(client);
  // Once: every attempt sends the same.
  const body = call.body?.load === undefined ? call.body?.value : await timers.race(call.body.load());

  const shouldRetry = async ({ error }: { error: Error }): Promise<boolean> => {
    if (!isBedrockProxyError(error)) {
      return false;
    }
    const { attempts } = timers;
    const delayMs = decideRetry(error, {
      attempts,
      elapsedMs: runtime.now() - startedAt,
      deadlineMs: settings.deadlineMs,
      random: runtime.random(),
    });
    if (delayMs === undefined) {
      return false;
    }
    timers.startWaiting();
    observer.retry({ attempt: attempts, error, delayMs });
    await runtime.sleep(delayMs, timers.signal);
    return true;
  };

  return new Promise((resolve, reject) => {
    timers.signal.throwIfAborted();
    ky(client.baseUrl + route.path, {
      method: route.method,
      fetch: async () => {
        const reply = await sendOnce({ ...call, body }, timers);
        resolve(await accept(reply));
        // A custom fetch may return a Response that is not a standard one. ky does nothing with it.
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

const globals = ['Headers', 'ReadableStream', 'Request', 'Response', 'TextDecoder'];

function checkGlobals({ fetch }: ClientSettings): void {
  const needed = fetch === globalFetch ? ['fetch', ...globals] : globals;
  const missing = needed.filter((name) => typeof field(globalThis, name) !== 'function');
  if (missing.length > 0) {
    throw new ConfigurationError({
      field: 'fetch',
      message:
        `This runtime has no ${missing.join(', ')}, which the client needs. Node 22 and newer, browsers and edge ` +
        'runtimes have them; in jest, use jest-fixed-jsdom instead of jsdom.',
    });
  }
}
