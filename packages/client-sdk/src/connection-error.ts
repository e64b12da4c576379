import { ConnectionError } from './errors.ts';
import { textField } from './field.ts';

/** How undici, Node and Bun say that there was no connection, so that nothing was sent. */
const notConnectedCode =
  /^(?:EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;

/** These fail before there is a connection, whatever the code: ETIMEDOUT alone could also come after it. */
const connectingCall = /^(?:connect|getaddrinfo)$/;

/**
 * Makes the error for what `fetch` or the reading of a body threw. Only messages and codes are carried over,
 * for what is thrown may hold the request, and so the key.
 */
export function connectionError(
  thrown: unknown,
  context: { attempts: number; apiKey: string },
): ConnectionError {
  const { message, code, notConnected } = innermost(thrown);
  const cause = Object.assign(new Error(message.replaceAll(context.apiKey, '[API key]')), code && { code });
  const said = code && ` (${code})`;
  return new ConnectionError({
    message: notConnected
      ? `Could not connect to the proxy${said}. Check baseUrl and the network.`
      : `The connection broke off before the answer was whole${said}. An ask may have been billed, so it is not sent again.`,
    attempts: context.attempts,
    retryable: notConnected,
    cause,
  });
}

function innermost(thrown: unknown) {
  let error = thrown;
  // Bounded, for a chain of causes may be a circle.
  for (let depth = 0; depth < 5 && error instanceof Error && error.cause instanceof Error; depth += 1) {
    error = error.cause;
  }
  const code = textField(error, 'code')?.match(/^\w+$/)?.[0] ?? '';
  return {
    message: textField(error, 'message') || 'fetch failed',
    code,
    notConnected: notConnectedCode.test(code) || connectingCall.test(textField(error, 'syscall') ?? ''),
  };
}
