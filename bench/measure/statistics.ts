/** The middle of some measured values, and the quarter below and above it. */
export interface Statistics {
  readonly count: number;
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

export function statisticsOf(values: readonly number[]): Statistics {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { count: values.length, median: at(0.5), lowerQuartile: at(0.25), upperQuartile: at(0.75) };
}
