/** How long calls took, over a slot whose end is 5 % after its beginning. */
export interface Latency {
  readonly calls: number;
  /** Half of the calls took no longer, in milliseconds, to within 3 %. */
  readonly p50Ms: number;
  /** 95 of 100 calls took no longer, likewise. */
  readonly p95Ms: number;
}

/** Calls by the slot of their duration. Those of several days can be added up, which percentiles cannot. */
export type Durations = ReadonlyMap<number, number>;

/** Slots of a factor e. */
const slotsOfE = 20;

/** The slot of a call, in the language of CloudWatch Logs Insights, whose `log` is the natural logarithm. */
export const durationSlot = `floor(log(greatest(totalMs, 1)) * ${slotsOfE}) as slot`;

export function addDurations(all: readonly Durations[]): Durations {
  const sum = new Map<number, number>();
  for (const durations of all) {
    for (const [slot, calls] of durations) sum.set(slot, (sum.get(slot) ?? 0) + calls);
  }
  return sum;
}

/** Undefined without calls. */
export function latencyOf(durations: Durations): Latency | undefined {
  const slots = [...durations].toSorted(([one], [other]) => one - other);
  const calls = slots.reduce((sum, [, count]) => sum + count, 0);
  if (calls === 0) return undefined;
  const percentile = (share: number) => {
    let left = Math.ceil(calls * share);
    const found = slots.find(([, count]) => {
      left -= count;
      return left <= 0;
    });
    return Math.round(Math.exp(((found?.[0] ?? 0) + 0.5) / slotsOfE));
  };
  return { calls, p50Ms: percentile(0.5), p95Ms: percentile(0.95) };
}
