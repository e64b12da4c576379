import type { Holding } from './memory.ts';
import type { Sample, SoakResult } from './run.ts';

/** A memory curve, and its growth. */
export interface Curve {
  readonly name: string;
  /** Bytes, in the rounds after the last kill. */
  readonly values: readonly number[];
  /** Growth of the last third over the first, by medians. */
  readonly growth: number;
  /** The same in bytes per request between the middles of the two. */
  readonly bytesPerRequest: number;
}

/** More growth than this is a leak. */
export const toleratedGrowth = 0.15;

/** With fewer rounds than this there is no verdict. */
const roundsToJudge = 12;

const curves: readonly (readonly [string, (sample: Sample) => number])[] = [
  ['heap of the gateway', ({ gateway }) => gateway.heap],
  ['heaps of the functions', ({ gateway }) => gateway.workerHeaps],
  ['resident memory of both', ({ gateway }) => gateway.resident],
  ['heap of the clients', ({ client }) => client.heap],
];

export function memoryCurves({ settled }: Pick<SoakResult, 'settled'>): Curve[] {
  return curves.map(([name, read]) => {
    const values = settled.map(read);
    const third = Math.max(1, Math.floor(values.length / 3));
    const [first, last] = [median(values.slice(0, third)), median(values.slice(-third))];
    const span = ((settled.at(-1)?.requests ?? 0) - (settled[0]?.requests ?? 0)) * (2 / 3);
    return { name, values, growth: last / first - 1, bytesPerRequest: (last - first) / span };
  });
}

/** Everything that is wrong. */
export function problemsOf(result: SoakResult): string[] {
  const { audit, unexplained, before, after, settled } = result;
  const leaks = memoryCurves(result)
    .filter(({ growth }) => settled.length >= roundsToJudge && growth > toleratedGrowth)
    .map(({ name, growth }) => `The ${name} grew by ${(growth * 100).toFixed(1)} %.`);
  const sockets = (name: string, first: Holding, last: Holding) =>
    (last.sockets ?? 0) > (first.sockets ?? 0)
      ? [`The process of the ${name} has ${last.sockets} sockets open, and had ${first.sockets}.`]
      : [];
  return [
    ...audit.wrong,
    ...unexplained,
    ...leaks,
    ...sockets('gateway', before.gateway, after.gateway),
    ...sockets('clients', before.client, after.client),
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
