import { ConnectionError } from '../errors/errors.ts';
import { field, textField } from '../options/duck-typing.ts';
import type { ResponseFacts } from './timers.ts';

/** The codes of undici, Node and Bun when there was no connection, so that nothing was sent. */
const notConnectedCode =
  /^(?:EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;

/** These fail before there is a connection, whatever the code; ETIMEDOUT could also come after it. */
const connectingCall = /^(?:connect|getaddrinfo)$/;

/**
 * Failures without a code: Node's words when the other side closed the connection in the handshake (a reset in the
 * handshake looks like a reset afterwards), and Deno's for every failure to connect.
 */
const connectingWords = /before secure TLS connection|client error \(Connect\)/;

/** Other failures before anything is sent, which would happen again; and what to check besides `baseUrl`, up to the full stop. */
const refusals: readonly { readonly code?: RegExp; readonly message: RegExp; readonly advice: string }[] = [
  {
    code: /WRONG_VERSION_NUMBER/,
    message: /InvalidContentType/,
    advice: ': does the server speak https there?',
  },
  {
    // A certificate or a handshake failed. Other TLS codes can come later.
    code: /CERT|LEAF_SIGNATURE|INVALID_CA|SSL_.*(?:HANDSHAKE|PROTOCOL|VERSION|NAME)/,
    message: /invalid peer certificate/,
    advice: ", or set NODE_EXTRA_CA_CERTS to your company's CA.",
  },
  { message: /HTTP Tunneling/, advice: ', and the HTTP proxy in between.' },
  // `fetch` refuses ports that belong to other protocols. The words are those of undici and of Deno.
  { message: /^bad port$|port \d+ are blocked/, advice: ' and the network.' },
];

interface Context {
  readonly facts: ResponseFacts & { readonly attempts: number };
  readonly apiKey: string;
  readonly baseUrl: string;
  /** Whether the request may cost something. */
  readonly billable: boolean;
  /** On a web page: the names of the headers that the call adds, which CORS has to allow. */
  readonly pageHeaders?: readonly string[] | undefined;
}

/**
 * Makes the error for what `fetch` or the reading of a body threw. Only name, message, code and stack are copied, because
 * what is thrown may contain the request, and with it the key.
 */
export function connectionError(
  thrown: unknown,
  { facts, apiKey, baseUrl, billable, pageHeaders }: Context,
): ConnectionError {
  const error = innermost(thrown);
  const code = codeOf(error);
  const message = textField(error, 'message') || 'fetch failed';
  const said = code && ` (${code})`;
  const refusal = refusals.find((known) => known.code?.test(code) || known.message.test(message));
  const notConnected = refusal === undefined && neverConnected(error);
  const advice = refusal?.advice ?? (notConnected ? ' and the network.' : undefined);
  const cause = safeCause(error, message, code, apiKey);
  if (asksForSignIn(thrown)) {
    return signInError(baseUrl, { ...facts, cause });
  }
  const isUnknown = facts.status === undefined && code === '';
  const broke = isUnknown
    ? `No answer came from the proxy at ${baseUrl}, and nothing says whether the request was sent. Check baseUrl and the network${corsAdvice(pageHeaders)}.`
    : `The connection broke before the whole answer arrived${said}.`;
  const maybe = isUnknown && pageHeaders ? 'Unless the browser held it back, the' : 'The';
  const billed = billable ? ` ${maybe} call may have been billed, so it is not retried.` : '';
  return new ConnectionError({
    ...facts,
    message: advice
      ? `Could not connect to the proxy at ${baseUrl}${said}. Nothing was sent. Check baseUrl${advice}`
      : broke + billed,
    retryable: notConnected || (advice === undefined && !billable),
    cause,
  });
}

/** A page cannot tell a request that CORS forbids from a connection that broke. */
function corsAdvice(pageHeaders: readonly string[] | undefined): string {
  if (pageHeaders === undefined) {
    return '';
  }
  const added = pageHeaders.length > 0 ? ` with ${pageHeaders.join(', ')}` : '';
  return `, and that the proxy lets pages of this origin call it (CORS)${added}`;
}

/**
 * Whether something in between answered HTTP 407. `fetch` may not show that to a program, and undici says nothing of it:
 * of every other failure it says something.
 *
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
function asksForSignIn(thrown: unknown): boolean {
  const cause: unknown = field(thrown, 'cause');
  return (
    textField(thrown, 'message') === 'fetch failed' &&
    cause instanceof Error &&
    cause.message === '' &&
    codeOf(cause) === '' &&
    field(cause, 'cause') === undefined
  );
}

/** The error for HTTP 407, which not every `fetch` keeps to itself. */
export function signInError(
  baseUrl: string,
  facts: Context['facts'] & { readonly cause?: Error },
): ConnectionError {
  const message = `An HTTP proxy on the way to ${baseUrl} requires its own sign-in (HTTP 407). Give its user and password to your fetch.`;
  return new ConnectionError({ ...facts, message, retryable: false });
}

function neverConnected(error: unknown): boolean {
  // If several addresses of a host were tried, each has its own error.
  const errors: unknown = field(error, 'errors');
  return (
    saysNotConnected(error) || (Array.isArray(errors) && errors.length > 0 && errors.every(saysNotConnected))
  );
}

function saysNotConnected(error: unknown): boolean {
  return (
    notConnectedCode.test(codeOf(error)) ||
    connectingCall.test(textField(error, 'syscall') ?? '') ||
    connectingWords.test(textField(error, 'message') ?? '')
  );
}

/** The fewest characters that API Gateway lets a key have. */
const shortestKey = 20;

function safeCause(error: unknown, message: string, code: string, apiKey: string): Error {
  // A short one, of a test, may be part of any word.
  const literal = apiKey.replace(/\W/g, '\\$&');
  const key = new RegExp(apiKey.length < shortestKey ? `(?<!\\w)${literal}(?!\\w)` : literal, 'g');
  const withoutKey = (text: string) => text.replace(key, '[API key]');
  const cause = Object.assign(new Error(withoutKey(message)), code && { code });
  if (error instanceof Error && error.stack !== undefined) {
    cause.name = withoutKey(String(error.name));
    cause.stack = withoutKey(error.stack);
  }
  return cause;
}

function codeOf(error: unknown): string {
  return textField(error, 'code')?.match(/^[\w/]+$/)?.[0] ?? '';
}

function innermost(thrown: unknown): unknown {
  let error = thrown;
  // Bounded, because a chain of causes may be a circle.
  for (let depth = 0; depth < 5 && error instanceof Error && error.cause instanceof Error; depth += 1) {
    error = error.cause;
  }
  return error;
}
