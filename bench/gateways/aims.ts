import type { PartResult } from '../part.ts';
import { concurrencies, transfers } from './measure.ts';
import type { GatewayResult } from './results.ts';
import type { Subject, Transfer } from './subjects.ts';

/** An aim, and the transfer to profile if it is missed. */
export type GatewayAim = PartResult['aims'][number] & { readonly transfer: Transfer };

export const isOurs = ({ title }: Subject) => title === '**this proxy**';

/** Among gateways without exact limits: the least added time, the most calls a second, under every load; and no error. */
export function aimsOf(results: readonly GatewayResult[]): GatewayAim[] {
  return [
    ...transfers.flatMap((transfer) =>
      concurrencies.flatMap((concurrency) => {
        const ranked = results.filter(
          (each) =>
            each.subject.kind === 'gateway' &&
            each.transfer === transfer &&
            each.concurrency === concurrency &&
            each.calls > 0,
        );
        const under = `${transfer}, ${concurrency} at once`;
        return [
          best(ranked, `least added latency, ${under}`, ({ added }) => added.median, 'ms', transfer),
          best(
            ranked,
            `most requests per second, ${under}`,
            ({ perSecond }) => -perSecond.median,
            '/s',
            transfer,
          ),
        ].flat();
      }),
    ),
    ...transfers.map((transfer): GatewayAim => {
      const errors = results
        .filter((each) => each.transfer === transfer && each.concurrency === 128)
        .filter(({ subject }) => isOurs(subject) || subject.kind === 'counting')
        .reduce((sum, each) => sum + each.errors.length, 0);
      return {
        aim: `no error, ${transfer}, 128 at once, ledger off and on`,
        found: `${errors} errors`,
        met: errors === 0,
        transfer,
      };
    }),
  ];
}

/** @param value Smaller is better. */
function best(
  ranked: readonly GatewayResult[],
  aim: string,
  value: (result: GatewayResult) => number,
  unit: string,
  transfer: Transfer,
): GatewayAim[] {
  const own = ranked.find(({ subject }) => isOurs(subject));
  const [other] = ranked.filter(({ subject }) => !isOurs(subject)).sort((a, b) => value(a) - value(b));
  if (!own || !other) return [];
  const shown = (result: GatewayResult) =>
    `${Math.abs(value(result)).toFixed(unit === 'ms' ? 2 : 0)} ${unit}`;
  return [
    {
      aim,
      found: `${shown(own)}; the best of the others: ${shown(other)} (${other.subject.title})`,
      met: value(own) < value(other),
      transfer,
    },
  ];
}
