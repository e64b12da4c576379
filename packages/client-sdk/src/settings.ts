import { type ApiKeySource, apiKeyVariable, checkApiKey } from './api-key.ts';
import { checkOptional, checkType } from './check-type.ts';
import { environmentVariable, isBrowser } from './environment.ts';
import { ConfigurationError } from './errors.ts';
import { field } from './field.ts';
import type { Hooks } from './hooks.ts';
import { logHooks } from './logger.ts';
import type { BedrockClientOptions, CallOptions, Fetch, RequestOptions, StreamOptions } from './options.ts';
import type { Operation } from './routes.ts';

const urlVariable = 'BEDROCK_PROXY_URL';
// Timers cannot wait longer: they would fire at once.
const maxMs = 2_147_483_647;

/** How long a call may take and how often it is tried, checked and complete. */
export interface Limits {
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly idleTimeoutMs: number;
}

const limitsOfCall: Limits = { timeoutMs: 30_000, deadlineMs: 90_000, maxRetries: 2, idleTimeoutMs: 30_000 };
const limitsOfStream: Limits = { ...limitsOfCall, deadlineMs: 900_000 };

/** The options of a client, checked and complete. */
export interface ClientSettings {
  readonly baseUrl: string;
  readonly apiKey: ApiKeySource;
  readonly fetch: Fetch;
  readonly limits: CallOptions;
  /** What is told of every call. */
  readonly hooks: readonly Hooks[];
}

/** The options of one call, checked and complete. */
export interface CallSettings extends Limits {
  readonly signal: AbortSignal | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export function clientSettings(options: BedrockClientOptions): ClientSettings {
  checkType('options', options, 'object');
  if (isBrowser() && options.dangerouslyAllowBrowser !== true) {
    throw invalid(
      'dangerouslyAllowBrowser',
      'On a web page anyone can read the API key. Call the proxy from a server, or set dangerouslyAllowBrowser.',
    );
  }
  const apiKey = options.apiKey ?? environmentVariable(apiKeyVariable);
  return {
    baseUrl: checkBaseUrl(
      options.baseUrl ?? environmentVariable(urlVariable),
      options.allowInsecure === true,
    ),
    apiKey: typeof apiKey === 'function' ? apiKey : checkApiKey(apiKey),
    fetch: checkFetch(options.fetch),
    limits: checkClientLimits(options),
    hooks: checkHooks(options),
  };
}

export function callSettings(
  options: RequestOptions | StreamOptions,
  client: ClientSettings,
  operation: Operation,
): CallSettings {
  checkType('options', options, 'object');
  return {
    ...checkLimits(options, client.limits, operation === 'stream' ? limitsOfStream : limitsOfCall),
    signal: checkSignal(options.signal),
    headers: checkHeaders(options.headers ?? {}),
  };
}

function checkBaseUrl(value: unknown, allowInsecure: boolean): string {
  if (value === undefined || value === '') {
    throw invalid('baseUrl', `There is no URL of the proxy. Pass baseUrl or set ${urlVariable}.`);
  }
  const refuse = (rule: string) => invalid('baseUrl', `baseUrl (or ${urlVariable}) ${rule}.`);
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw refuse('must be a URL such as https://abc123.execute-api.us-east-1.amazonaws.com/dev');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw refuse('must have no user, password, query or fragment');
  }
  if (url.protocol === 'http:' && !allowInsecure && !isLoopback(url.hostname)) {
    throw refuse('must use https:, for http: sends the API key in clear text. Or set allowInsecure');
  }
  return url.href.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function checkFetch(value: Fetch | undefined): Fetch {
  if (value !== undefined && typeof value !== 'function') {
    throw invalid('fetch', 'fetch must be a function.');
  }
  // Looked up at each call, so that a fetch that is replaced later (by a mock, by tracing) is used.
  return value ?? ((url, init) => globalThis.fetch(url, init));
}

/** Wrong ones are refused when the client is made; what is not given depends on the call. */
function checkClientLimits({ timeoutMs, deadlineMs, maxRetries }: CallOptions): CallOptions {
  const given = { timeoutMs, deadlineMs, maxRetries };
  checkLimits(given, {}, limitsOfCall);
  return given;
}

function checkLimits(options: StreamOptions, client: CallOptions, defaults: Limits): Limits {
  return {
    timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? client.timeoutMs ?? defaults.timeoutMs),
    deadlineMs: checkMs('deadlineMs', options.deadlineMs ?? client.deadlineMs ?? defaults.deadlineMs),
    maxRetries: checkRetries(options.maxRetries ?? client.maxRetries ?? defaults.maxRetries),
    idleTimeoutMs: checkMs('idleTimeoutMs', options.idleTimeoutMs ?? defaults.idleTimeoutMs),
  };
}

function checkHooks({ hooks, logger }: BedrockClientOptions): Hooks[] {
  checkOptional('hooks', hooks, 'object');
  checkOptional('logger', logger, 'object');
  return [...(hooks ? [hooks] : []), ...(logger ? [logHooks(logger)] : [])];
}

function checkMs(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value <= maxMs)) {
    throw invalid(name, `${name} must be a number of milliseconds above 0 and at most ${maxMs}.`);
  }
  return value;
}

function checkRetries(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw invalid('maxRetries', 'maxRetries must be a whole number, 0 or more.');
  }
  return value;
}

function checkSignal(value: AbortSignal | undefined): AbortSignal | undefined {
  // Not by instanceof: a signal of another realm (of jsdom, say) or of a polyfill is as good.
  const complete =
    typeof field(value, 'aborted') === 'boolean' &&
    typeof field(value, 'addEventListener') === 'function' &&
    typeof field(value, 'removeEventListener') === 'function';
  if (value !== undefined && !complete) {
    throw invalid('signal', 'signal must be an AbortSignal.');
  }
  return value;
}

function checkHeaders(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  checkType('headers', given, 'object');
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    try {
      if (value !== undefined) {
        headers.set(name, value);
      }
    } catch {
      // Not the cause: its message says the value, which may be secret.
      throw invalid(
        'headers',
        `The header ${JSON.stringify(name)} has a name or a value that cannot be sent.`,
      );
    }
  }
  return Object.fromEntries(headers);
}

function invalid(name: string, message: string): ConfigurationError {
  return new ConfigurationError({ field: name, message });
}
