import OpenAI, { type ClientOptions } from 'openai';
import type { SharedSystem } from './harness.ts';

/** A deployment's address and key, for a library that speaks OpenAI's API. */
export function openAiSettings({ url, keyValue }: SharedSystem, keyName: string) {
  const apiKey = keyValue(keyName);
  return { baseURL: `${url}/v1`, apiKey, headers: { 'x-api-key': apiKey } };
}

/** OpenAI's own client for the key, and the number of its requests. */
export function openAiClient(system: SharedSystem, keyName: string, options: ClientOptions = {}) {
  const { headers, ...settings } = openAiSettings(system, keyName);
  let requests = 0;
  const client = new OpenAI({
    ...settings,
    defaultHeaders: headers,
    fetch: (...request) => {
      requests += 1;
      return fetch(...request);
    },
    ...options,
  });
  return { client, requests: () => requests };
}
