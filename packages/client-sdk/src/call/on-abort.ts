/** Calls `listener` when the signal is aborted, at once if it is already. Returns what takes the listener away. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener('abort', listener);
  if (signal.aborted) {
    listener();
  }
  return () => signal.removeEventListener('abort', listener);
}
