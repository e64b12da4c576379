import { type Statistics, statisticsOf } from '../measure/statistics.ts';
import type { Concurrency, Measured, Round } from './measure.ts';
import type { Subject, Transfer } from './subjects.ts';

/** A subject under one load, over all rounds: the time that it adds to the same call straight to the upstream. */
export interface GatewayResult {
  readonly subject: Subject;
  readonly transfer: Transfer;
  readonly concurrency: Concurrency;
  /** Milliseconds; for bare writes, which have no upstream, their whole time. */
  readonly addedToFirstPiece: Statistics;
  readonly added: Statistics;
  readonly perSecond: Statistics;
  readonly calls: number;
  readonly errors: readonly string[];
  readonly cpuSecondsPerThousand: Statistics;
  /** The most in any round. */
  readonly residentMegabytes: number;
}

/** Subtracts, in each round, the time of the same load without a gateway in between. */
export function resultsOf(measured: readonly Measured[]): GatewayResult[] {
  return measured.map(({ subject, transfer, concurrency, rounds }) => {
    const straight = measured.find(
      (other) =>
        other.subject.kind === 'straight' &&
        other.subject.api === subject.api &&
        other.transfer === transfer &&
        other.concurrency === concurrency,
    );
    const added = (time: 'whole' | 'firstPiece') =>
      statisticsOf(rounds.map((round, index) => round[time] - (straight?.rounds[index]?.[time] ?? 0)));
    const known = (of: (round: Round) => number | undefined) =>
      rounds.map(of).filter((value) => value !== undefined);
    return {
      subject,
      transfer,
      concurrency,
      added: added('whole'),
      addedToFirstPiece: added('firstPiece'),
      perSecond: statisticsOf(rounds.map(({ perSecond }) => perSecond)),
      calls: rounds.reduce((sum, { calls }) => sum + calls, 0),
      errors: rounds.flatMap(({ errors }) => errors),
      cpuSecondsPerThousand: statisticsOf(known((round) => round.cpuSecondsPerThousand)),
      residentMegabytes: Math.max(...known((round) => round.residentMegabytes)),
    };
  });
}
