import { ConfigurationError } from '../errors/errors.ts';
import { failureName } from '../errors/failure-name.ts';
import { checkOption } from './check-option.ts';

/** An API key, or a function that returns one, for example from a secret store, so that a rotated key is picked up. */
export type ApiKeySource = string | (() => string | Promise<string>);

export const apiKeyVariable = 'BEDROCK_PROXY_API_KEY';

const whatItIs = 'a string of ASCII characters without spaces or line breaks';

/**
 * The key for this attempt: the function is called for each.
 *
 * @param attempts - How many times the request was sent before.
 */
export async function readApiKey(source: () => unknown, attempts: number): Promise<string> {
  const failed = (message: string, cause?: unknown) =>
    new ConfigurationError({ field: 'apiKey', message, attempts, cause });
  let key: unknown;
  try {
    key = await source();
  } catch (cause) {
    throw failed(`The apiKey function failed${failureName(cause)}.`, cause);
  }
  if (!isApiKey(key)) {
    throw failed(`The apiKey function must return ${whatItIs}.`);
  }
  return key;
}

/** Checks the key before `fetch` does, whose message for a key that cannot be a header contains the key. */
export function checkApiKey(key: unknown): string {
  checkOption(
    isApiKey(key),
    'apiKey',
    `(or ${apiKeyVariable}) must be ${whatItIs}, or a function that returns it`,
  );
  return key;
}

function isApiKey(key: unknown): key is string {
  return typeof key === 'string' && /^[\x21-\x7e]+$/.test(key);
}
