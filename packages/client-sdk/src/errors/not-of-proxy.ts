/** The message for a response that is not one of this proxy. */
export function notOfProxy(status: number): string {
  return `The server answered HTTP ${status}, but not as this proxy does. Check baseUrl, its stage included.`;
}
