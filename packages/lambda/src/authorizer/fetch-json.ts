import { buffer } from 'node:stream/consumers';
import { type Json, safeJsonParse } from 'aws-jwt-verify/safe-json-parse';

/** Fetches a JSON document. */
export type FetchJson = (url: URL) => Promise<Json>;

/** How long an issuer may take to answer, in milliseconds. */
const answerWithinMs = 3000;

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Fetches over HTTPS; over plain HTTP from this machine only. Follows no redirect.
 *
 * @throws {Error} If the answer is late, has a status other than 200, or is not JSON.
 */
export const fetchJson: FetchJson = async (url) => {
  if (url.protocol !== 'https:' && !loopback.has(url.hostname)) {
    throw new Error(`${url.origin} is neither HTTPS nor on this machine`);
  }
  const { get } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const { promise, resolve, reject } = Promise.withResolvers<Json>();
  // A connection kept while the function was frozen may have died unnoticed.
  const options = { agent: false, signal: AbortSignal.timeout(answerWithinMs) } as const;
  get(url, options, (response) => {
    if (response.statusCode !== 200) {
      response.resume();
      reject(new Error(`${url.origin} answered with status ${response.statusCode}`));
      return;
    }
    buffer(response)
      .then((body) => safeJsonParse(body.toString()))
      .then(resolve, reject);
  }).on('error', reject);
  return promise;
};
