import { AdminError } from './admin-error.ts';

/** An error as text. Only name and message: the rest may hold a signed request. */
export function failureText(error: Error): string {
  if (error instanceof AdminError) return error.message;
  // For a host with several addresses: the error about all of them has no message.
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [];
  if (first instanceof Error) return failureText(first);
  const text = error.message || codeOf(error) || 'no reason given';
  return error.name === 'Error' ? text : `${error.name}: ${text}`;
}

/** For example `ECONNREFUSED`, if the error has a code. */
export function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
