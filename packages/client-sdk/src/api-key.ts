import { checkOption, invalidOption } from './check-option.ts';

/** An API key, or a function that returns one: from a secret store, say, so that a rotated key is picked up. */
export type ApiKeySource = string | (() => string | Promise<string>);

export const apiKeyVariable = 'BEDROCK_PROXY_API_KEY';

/** The key of this attempt: a function is asked anew each time. */
export async function readApiKey(source: ApiKeySource): Promise<string> {
  if (typeof source === 'string') {
    return source;
  }
  let key: unknown;
  try {
    key = await source();
  } catch (cause) {
    throw invalidOption('apiKey', 'function failed', cause);
  }
  return checkApiKey(key);
}

/** Never says the key in a message; `fetch` would, for one that cannot be a header. */
export function checkApiKey(key: unknown): string {
  checkOption(
    typeof key === 'string' && /^[\x21-\x7e]+$/.test(key),
    'apiKey',
    `(or ${apiKeyVariable}) must be ASCII text without a space or a line break, or a function that returns it`,
  );
  return key;
}
