import { AdminError } from './admin-error.ts';

/** What an error says. Only name and message: the rest may hold a signed request. */
export function failureText(error: Error): string {
  if (error instanceof AdminError) return error.message;
  // Of a host with several addresses, which say nothing together.
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [];
  if (first instanceof Error) return failureText(first);
  const text = error.message || codeOf(error) || 'no reason given';
  return error.name === 'Error' ? text : `${error.name}: ${text}`;
}

/** `ECONNREFUSED`, where an error has one. */
export function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
