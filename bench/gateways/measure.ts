import { statisticsOf } from '../measure/statistics.ts';
import { shuffled } from '../measure/turns.ts';
import { startLoadGenerator } from './load-generator.ts';
import type { Loaded } from './load-process.ts';
import { usageOf } from './process-usage.ts';
import type { Subject, Transfer } from './subjects.ts';

export const concurrencies = [1, 32, 128] as const;
export type Concurrency = (typeof concurrencies)[number];
export const transfers: readonly Transfer[] = ['whole', 'streamed'];

/** One round of one subject under one load. */
export interface Round {
  /** Medians, in milliseconds. */
  readonly firstPiece: number;
  readonly whole: number;
  readonly perSecond: number;
  readonly calls: number;
  readonly errors: readonly string[];
  /** Of the subject's processes; absent if the machine does not report it. */
  readonly cpuSecondsPerThousand: number | undefined;
  readonly residentMegabytes: number | undefined;
}

/** All rounds. Rounds are numbered alike for every subject. */
export interface Measured {
  readonly subject: Subject;
  readonly transfer: Transfer;
  readonly concurrency: Concurrency;
  readonly rounds: readonly Round[];
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds of load, each time. */
  readonly warmUp: number;
  readonly load: number;
}

/** Puts each subject under each load once a round, in a random order. */
export async function measure(subjects: readonly Subject[], effort: Effort): Promise<Measured[]> {
  const generator = await startLoadGenerator();
  const cells = subjects.flatMap((subject) =>
    transfers.flatMap((transfer) => {
      const work = subject.work[transfer];
      if (!work) return [];
      return concurrencies.map((concurrency) => ({
        subject,
        transfer,
        concurrency,
        work,
        rounds: [] as Round[],
      }));
    }),
  );
  for (const { work, concurrency } of cells) {
    if (concurrency === 32) await generator.ask({ work, concurrency, milliseconds: effort.warmUp });
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const { subject, work, concurrency, rounds } of inTurns(cells)) {
      const before = await usageOf(subject.pid);
      const loaded = await generator.ask({ work, concurrency, milliseconds: effort.load });
      const after = await usageOf(subject.pid);
      rounds.push(
        roundOf(loaded, before && after && { cpu: after.cpuSeconds - before.cpuSeconds, ...after }),
      );
    }
  }
  await generator.stop();
  return cells;
}

function roundOf(
  { firstPiece, whole, errors, elapsed }: Loaded,
  used: { readonly cpu: number; readonly residentMegabytes: number } | undefined,
): Round {
  return {
    firstPiece: statisticsOf(firstPiece).median,
    whole: statisticsOf(whole).median,
    perSecond: (whole.length / elapsed) * 1000,
    calls: whole.length,
    errors,
    cpuSecondsPerThousand: used && (used.cpu / whole.length) * 1000,
    residentMegabytes: used?.residentMegabytes,
  };
}

/** Subjects under the same load come one after the other, so that a disturbance of the machine affects all of them. */
function inTurns<Cell extends Pick<Measured, 'transfer' | 'concurrency'>>(cells: readonly Cell[]): Cell[] {
  const loads = Map.groupBy(cells, ({ transfer, concurrency }) => `${transfer} ${concurrency}`);
  return shuffled([...loads.values()]).flatMap(shuffled);
}
