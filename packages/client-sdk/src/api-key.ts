import { ConfigurationError } from './errors.ts';

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
    throw new ConfigurationError({ field: 'apiKey', message: 'The apiKey function failed.', cause });
  }
  return checkApiKey(key);
}

/** Never says the key in a message; `fetch` would, for one that cannot be a header. */
export function checkApiKey(key: unknown): string {
  if (typeof key !== 'string' || key === '') {
    throw new ConfigurationError({
      field: 'apiKey',
      message: `There is no API key. Pass apiKey (a string, or a function that returns one) or set ${apiKeyVariable}.`,
    });
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new ConfigurationError({
      field: 'apiKey',
      message: `The API key has a space, a line break or another character that no key has. Check apiKey or ${apiKeyVariable}.`,
    });
  }
  return key;
}
