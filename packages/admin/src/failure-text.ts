/** What an error says. Only name and message: the rest may hold a signed request. */
export function failureText(error: Error): string {
  // A class of the SDK, and no code of AWS's: it says all in its message.
  if (error.name === 'CredentialsProviderError') return error.message;
  // Connections that fail have an error without a message.
  return `${error.name}: ${error.message || codeOf(error) || 'no reason given'}`;
}

/** `ECONNREFUSED`, where an error has one. */
export function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
