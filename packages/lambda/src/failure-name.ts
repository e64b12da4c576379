/** What a failure is called, fit for the log: the code of a connection that failed, else the name of the exception. */
export function failureName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : exceptionName(thrown);
}

/** The name of an exception. The SDK takes it from the answer, whatever JSON has there. */
export function exceptionName({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' ? name : 'Error';
}
