import type { CallEvent, Hooks } from './hooks.ts';

/** Receives log lines: `console`, or most loggers. */
export interface Logger {
  /** Takes a line for each request, response and success, and for each call that you ended yourself. */
  debug(line: string): void;
  /** Takes a line for each retry and each other failure. */
  warn(line: string): void;
}

/** Writes a line for each event of a call. The lines of one call start with its id. */
export function logHooks(logger: Logger): Hooks {
  const about = ({ operation, callId, attempt }: CallEvent) =>
    `[${callId}] ${operation} attempt ${attempt}: `;
  return {
    onRequest: (event) => logger.debug(`${about(event)}${event.method} ${event.url}`),
    onResponse: (event) =>
      logger.debug(
        `${about(event)}HTTP ${event.status} after ${event.durationMs} ms${identified(event.requestId)}`,
      ),
    onSuccess: (event) => logger.debug(`${about(event)}done after ${event.durationMs} ms`),
    onRetry: (event) => logger.warn(`${about(event)}${event.error.code}; retrying in ${event.delayMs} ms`),
    onError: (event) =>
      logger[event.error.code === 'aborted' ? 'debug' : 'warn'](
        `${about(event)}failed with ${event.error.code} after ${event.durationMs} ms${identified(event.error.requestId)}: ${event.error.message}`,
      ),
  };
}

function identified(requestId: string | undefined): string {
  return requestId === undefined ? '' : `, request id ${requestId}`;
}
