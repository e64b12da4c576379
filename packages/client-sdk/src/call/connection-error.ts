import { ConnectionError } from '../errors/errors.ts';
import { field, textField } from '../options/duck-typing.ts';
import type { ResponseFacts } from './timers.ts';

/** How undici, Node and Bun say that there was no connection, so that nothing was sent. */
const notConnectedCode =
  /^(?:EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;

/** These fail before there is a connection, whatever the code: ETIMEDOUT alone could also come after it. */
const connectingCall = /^(?:connect|getaddrinfo)$/;

/**
 * What has no code of its own: Node's words where the other side closed the connection in the handshake (where it
 * resets it, nothing tells that from a reset afterwards), and Deno's for every failure to connect.
 */
const connectingWords = /before secure TLS connection|client error \(Connect\)/;

/** What else fails before anything is sent, and would fail again; and what to look at besides `baseUrl`. */
const refusals: readonly { readonly code?: RegExp; readonly message: RegExp; readonly advice: string }[] = [
  {
    code: /WRONG_VERSION_NUMBER/,
    message: /InvalidContentType/,
    advice: ': does the server speak https there?',
  },
  {
    // Of a certificate or a handshake. Other codes of TLS can come after it.
    code: /CERT|LEAF_SIGNATURE|INVALID_CA|SSL_.*(?:HANDSHAKE|PROTOCOL|VERSION|NAME)/,
    message: /invalid peer certificate/,
    advice: ", or set NODE_EXTRA_CA_CERTS to your company's CA",
  },
  { message: /HTTP Tunneling/, advice: ', and the HTTP proxy in between' },
  // `fetch` refuses a port that the web keeps for something else. So say undici, and Deno.
  { message: /^bad port$|port \d+ are blocked/, advice: ' and the network' },
];

interface Context {
  readonly facts: ResponseFacts & { readonly attempts: number };
  readonly apiKey: string;
  readonly baseUrl: string;
  /** Whether what was sent may cost something. */
  readonly billable: boolean;
}

/**
 * Makes the error for what `fetch` or the reading of a body threw. Only name, message, code and stack are carried over,
 * for what is thrown may hold the request, and so the key.
 */
export function connectionError(
  thrown: unknown,
  { facts, apiKey, baseUrl, billable }: Context,
): ConnectionError {
  const error = innermost(thrown);
  const code = codeOf(error);
  const message = textField(error, 'message') || 'fetch failed';
  const said = code && ` (${code})`;
  const refusal = refusals.find((known) => known.code?.test(code) || known.message.test(message));
  const notConnected = refusal === undefined && neverConnected(error);
  const advice = refusal?.advice ?? (notConnected ? ' and the network' : undefined);
  const billed = billable ? ' An ask may have been billed, so it is not sent again.' : '';
  return new ConnectionError({
    ...facts,
    message: advice
      ? `Could not connect to the proxy at ${baseUrl}${said}. Nothing was sent. Check baseUrl${advice}.`
      : `The connection broke off before the answer was whole${said}.${billed}`,
    retryable: notConnected || (advice === undefined && !billable),
    cause: safeCause(error, message, code, apiKey),
  });
}

function neverConnected(error: unknown): boolean {
  // Where several addresses of a host were tried, each has an error of its own.
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

function safeCause(error: unknown, message: string, code: string, apiKey: string): Error {
  const withoutKey = (text: string) => text.replaceAll(apiKey, '[API key]');
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
  // Bounded, for a chain of causes may be a circle.
  for (let depth = 0; depth < 5 && error instanceof Error && error.cause instanceof Error; depth += 1) {
    error = error.cause;
  }
  return error;
}
