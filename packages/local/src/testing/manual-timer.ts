import type { Timer } from '../gateway.ts';

/** A timer whose time passes only when a test advances it. */
export function manualTimer(): { readonly timer: Timer; advance(ms: number): void } {
  const pending = new Set<{ readonly due: number; readonly callback: () => void }>();
  let now = 0;
  return {
    timer: (ms, callback) => {
      const entry = { due: now + ms, callback };
      pending.add(entry);
      return () => pending.delete(entry);
    },
    advance: (ms) => {
      now += ms;
      for (const entry of [...pending].filter(({ due }) => due <= now)) {
        pending.delete(entry);
        entry.callback();
      }
    },
  };
}
