/**
 * The name of the error that the program's own code failed with, in brackets; empty if the name says nothing. The message
 * is left out because it may be private.
 */
export function failureName(failure: unknown): string {
  const name = failure instanceof Error ? failure.name : '';
  return /^(?!Error$|AbortError$)\w+$/.test(name) ? ` (${name})` : '';
}
