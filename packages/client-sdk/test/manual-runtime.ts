import type { Runtime } from '../src/call/runtime.ts';

/** Time that passes only in waits, which are recorded instead of slept, and chance that is always 0. */
export function manualRuntime() {
  const waits: number[] = [];
  let time = Date.UTC(2026, 10, 22);
  const runtime: Runtime = {
    now: () => time,
    random: () => 0,
    sleep: async (ms) => {
      waits.push(ms);
      time += ms;
    },
  };
  return { runtime, waits };
}
