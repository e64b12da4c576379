/** Time and chance, passed in so that tests need not wait. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemRuntime: Runtime = {
  now: Date.now,
  random: Math.random,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        if (signal.aborted) {
          reject(signal.reason);
        } else {
          resolve();
        }
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
      if (signal.aborted) {
        wake();
      }
    }),
};
