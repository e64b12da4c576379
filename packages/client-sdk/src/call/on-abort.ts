/** Calls `listener` when the signal is aborted, at once if it already is. Returns a function that removes the listener. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener('abort', listener);
  if (signal.aborted) {
    listener();
  }
  return () => signal.removeEventListener('abort', listener);
}
