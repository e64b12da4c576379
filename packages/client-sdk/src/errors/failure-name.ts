/**
 * The name of what the program's own code failed with, in brackets; empty where it says nothing. Its message is left
 * out: it may be private.
 */
export function failureName(failure: unknown): string {
  const name = failure instanceof Error ? failure.name : '';
  return /^(?!Error$|AbortError$)\w+$/.test(name) ? ` (${name})` : '';
}
