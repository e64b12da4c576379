import { longestCallMs, streamHeartbeatMs } from '@org/contract';
import type { Hooks } from '../hooks/hooks.ts';
import { logHooks } from '../hooks/logger.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Operation } from '../http/operation.ts';
import { type ApiKeySource, apiKeyVariable, checkApiKey } from './api-key.ts';
import { checkNoOther, checkOption, checkOptional, checkType, invalidOption } from './check-option.ts';
import { hasFields } from './duck-typing.ts';
import { environmentVariable, isBrowser, platformName } from './environment.ts';
import type { BedrockClientOptions, CallOptions, RequestOptions, StreamOptions } from './options.ts';

const urlVariable = 'BEDROCK_PROXY_URL';
// Timers cannot wait longer: they would fire at once.
const maxMs = 2_147_483_647;

const boundNames = ['timeoutMs', 'deadlineMs', 'maxRetries', 'idleTimeoutMs'] as const;

/** How long a call may take and how often it is tried, checked and complete. */
export type CallBounds = Record<(typeof boundNames)[number], number>;

const listBounds: CallBounds = {
  timeoutMs: 30_000,
  deadlineMs: 90_000,
  maxRetries: 2,
  // One of the signs of life that the proxy sends may be late.
  idleTimeoutMs: 2 * streamHeartbeatMs,
};

// After API Gateway, whose error says more than a timeout of ours; and long enough for three attempts.
const wholeBounds: CallBounds = {
  ...listBounds,
  timeoutMs: longestCallMs.whole + 10_000,
  deadlineMs: 3 * longestCallMs.whole,
};

const defaultBounds: Readonly<Record<Operation, CallBounds>> = {
  ask: wholeBounds,
  stream: { ...listBounds, deadlineMs: longestCallMs.stream },
  embed: wholeBounds,
  models: listBounds,
  usage: listBounds,
};

/** The options of a client, checked and complete. */
export interface ClientSettings {
  readonly baseUrl: string;
  readonly apiKey: ApiKeySource;
  readonly fetch: Fetch;
  readonly bounds: CallOptions;
  /** Such as `Node.js/24`. */
  readonly platform: string;
  /** What observes every call. */
  readonly hooks: readonly Hooks[];
}

/** The options of one call, checked and complete. */
export interface CallSettings extends CallBounds {
  readonly signal: AbortSignal | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export function clientSettings(options: BedrockClientOptions): ClientSettings {
  checkType('options', options, 'object');
  const {
    baseUrl,
    apiKey,
    fetch,
    hooks,
    logger,
    allowInsecure,
    dangerouslyAllowBrowser,
    timeoutMs,
    deadlineMs,
    maxRetries,
    ...unknown
  } = options;
  checkOption(
    !isBrowser() || dangerouslyAllowBrowser === true,
    'dangerouslyAllowBrowser',
    'must be true on a web page, where anyone can read the API key. Call the proxy from a server instead',
  );
  // An option that is not read here does not compile.
  unknown satisfies Record<string, never>;
  checkNoOther('createBedrockClient', unknown);
  checkOptional('fetch', fetch, 'function');
  checkHooks(hooks);
  checkOption(
    logger === undefined || hasFields(logger, { debug: 'function', warn: 'function' }),
    'logger',
    'must have debug() and warn()',
  );
  const url = checkBaseUrl(checkSet('baseUrl', baseUrl, urlVariable), allowInsecure === true);
  const key = checkSet('apiKey', apiKey, apiKeyVariable);
  const bounds = { timeoutMs, deadlineMs, maxRetries };
  // Wrong ones are refused when the client is made. The defaults depend on the call.
  checkBounds(bounds, {}, listBounds);
  return {
    baseUrl: url,
    apiKey: typeof key === 'function' ? key : checkApiKey(key),
    fetch: fetch ?? globalFetch,
    bounds,
    platform: platformName(),
    hooks: [hooks, logger && logHooks(logger)].filter((hooks) => hooks !== undefined),
  };
}

/** Looked up for each call, so that a fetch that is replaced later (by a mock, by tracing) is used. */
export const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);

export function callSettings(
  options: RequestOptions | StreamOptions,
  client: ClientSettings,
  operation: Operation,
): CallSettings {
  checkType('options', options, 'object');
  // Other options of an ask are sent, and the proxy refuses unknown ones by name.
  if (operation === 'models' || operation === 'usage') checkNoOther(operation, withoutCallOptions(options));
  return {
    ...checkBounds(options, client.bounds, defaultBounds[operation]),
    signal: checkSignal(options.signal),
    headers: options.headers === undefined ? {} : checkHeaders(options.headers),
  };
}

/** What is left of options without those that every call has, which the proxy does not know. */
export function withoutCallOptions<Options extends RequestOptions>({
  signal,
  headers,
  timeoutMs,
  deadlineMs,
  maxRetries,
  ...others
}: Options): Omit<Options, keyof RequestOptions> {
  return others;
}

const hookNames = Object.keys({
  onRequest: 1,
  onResponse: 1,
  onRetry: 1,
  onSuccess: 1,
  onError: 1,
} satisfies Record<keyof Hooks, 1>);

/** The object may have other fields too. */
function checkHooks(hooks: Hooks | undefined): void {
  checkOptional('hooks', hooks, 'object');
  for (const [name, hook] of Object.entries(hooks ?? {})) {
    const isHook = hookNames.includes(name);
    checkOption(isHook || !/^on[A-Z]/.test(name), `hooks.${name}`, 'is not a hook');
    checkOptional(`hooks.${name}`, isHook ? hook : undefined, 'function');
  }
}

/** The option, or its variable of the environment. An empty string counts as not set, as in a script. */
function checkSet<Value>(path: string, given: Value | undefined, variable: string): Value | string {
  const value = given ?? environmentVariable(variable);
  checkOption(value !== undefined && value !== '', path, `is not set. Pass it, or set ${variable}`);
  return value;
}

function checkBaseUrl(value: unknown, allowInsecure: boolean): string {
  const rule = (rest: string) => `(or ${urlVariable}) must ${rest}`;
  const url = typeof value === 'string' ? parseUrl(value) : undefined;
  checkOption(
    url !== undefined && /^https?:$/.test(url.protocol),
    'baseUrl',
    rule('be the URL of the proxy, such as https://abc123.execute-api.us-east-1.amazonaws.com/dev'),
  );
  checkOption(
    !(url.username || url.password || url.search || url.hash),
    'baseUrl',
    rule('not have a user, a password, a query or a fragment'),
  );
  checkOption(
    url.protocol === 'https:' || allowInsecure || isLoopback(url.hostname),
    'baseUrl',
    rule('use https, because http sends the API key in clear text. Set allowInsecure to allow it'),
  );
  return url.href.replace(/\/+$/, '');
}

// URL.canParse is missing in older browsers and in older versions of jsdom.
function parseUrl(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}

function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function checkBounds(call: StreamOptions, client: StreamOptions, defaults: CallBounds): CallBounds {
  const bounds = { ...defaults };
  for (const name of boundNames) {
    const value = call[name] ?? client[name] ?? defaults[name];
    if (name === 'maxRetries') {
      checkOption(Number.isSafeInteger(value) && value >= 0, name, 'must be a whole number, 0 or more');
    } else {
      checkOption(
        typeof value === 'number' && value > 0 && value <= maxMs,
        name,
        `must be a number of milliseconds above 0 and at most ${maxMs}`,
      );
    }
    bounds[name] = value;
  }
  return bounds;
}

function checkSignal(value: AbortSignal | undefined): AbortSignal | undefined {
  const types = {
    aborted: 'boolean',
    addEventListener: 'function',
    removeEventListener: 'function',
  } as const;
  checkOption(value === undefined || hasFields(value, types), 'signal', 'must be an AbortSignal');
  return value;
}

/** `fetch` sets these itself. It refuses some; with others the request would never end, or go to another host. */
const headersOfFetch = /^(?:connection|content-length|expect|host|keep-alive|transfer-encoding|upgrade)$/i;

function checkHeaders(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  checkType('headers', given, 'object');
  checkOption(!(Symbol.iterator in given), 'headers', 'must be a plain object');
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    checkOption(
      value === undefined || !headersOfFetch.test(name),
      'headers',
      `cannot override ${JSON.stringify(name)}, which fetch sets`,
    );
    const rule = `has a name or a value that cannot be sent: ${JSON.stringify(name)}`;
    // Not every runtime's Headers refuses a line break.
    checkOption(!/[\0\r\n]/.test(value ?? ''), 'headers', rule);
    try {
      if (value !== undefined) {
        headers.set(name, value);
      }
    } catch {
      // Without the cause: its message contains the value, which may be secret.
      throw invalidOption('headers', rule);
    }
  }
  return Object.fromEntries(headers);
}
