import { ConnectionError } from './errors.ts';
import { textField } from './field.ts';

/** How undici, Node and Bun say that there was no connection, so that nothing was sent. */
const notConnectedCode =
  /^(?:EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;

/** These fail before there is a connection, whatever the code: ETIMEDOUT alone could also come after it. */
const connectingCall = /^(?:connect|getaddrinfo)$/;

/**
 * What has no code of its own: Node's words where the other side ended the handshake, and Deno's for every failure to
 * connect.
 */
const connectingWords = /before secure TLS connection|client error \(Connect\)/;

/** `fetch` refuses a port that the web keeps for something else. So say undici, and Deno. */
const refusedPort = /^bad port$|port \d+ are blocked/;

/** Of a certificate or a handshake, so before the request. Other codes of TLS can come after it. */
const notSecureCode = /CERT|LEAF_SIGNATURE|INVALID_CA|SSL_.*(?:HANDSHAKE|PROTOCOL|VERSION|NAME)/;

/**
 * Makes the error for what `fetch` or the reading of a body threw. Only messages and codes are carried over,
 * for what is thrown may hold the request, and so the key.
 */
export function connectionError(
  thrown: unknown,
  context: { attempts: number; apiKey: string },
): ConnectionError {
  const { message, code, retryable, advice } = innermost(thrown);
  const cause = Object.assign(new Error(message.replaceAll(context.apiKey, '[API key]')), code && { code });
  const said = code && ` (${code})`;
  return new ConnectionError({
    message: advice
      ? `Could not connect to the proxy${said}. Nothing was sent. Check baseUrl${advice}.`
      : `The connection broke off before the answer was whole${said}. An ask may have been billed, so it is not sent again.`,
    attempts: context.attempts,
    retryable,
    cause,
  });
}

/** `advice` is what to look at besides the URL, where nothing was sent. */
function innermost(thrown: unknown) {
  let error = thrown;
  // Bounded, for a chain of causes may be a circle.
  for (let depth = 0; depth < 5 && error instanceof Error && error.cause instanceof Error; depth += 1) {
    error = error.cause;
  }
  const code = textField(error, 'code')?.match(/^[\w/]+$/)?.[0] ?? '';
  const message = textField(error, 'message') || 'fetch failed';
  const retryable =
    notConnectedCode.test(code) ||
    connectingCall.test(textField(error, 'syscall') ?? '') ||
    connectingWords.test(message);
  const notSent = retryable || refusedPort.test(message);
  return {
    message,
    code,
    retryable,
    advice: notSecureCode.test(code)
      ? ", or set NODE_EXTRA_CA_CERTS to your company's CA"
      : notSent && ' and the network',
  };
}
