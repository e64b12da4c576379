import type { LimitKind, LimitPeriod, Limits } from '@org/contract';
import { amount, counted, type Locale, periodWords } from '../words.ts';

export const kinds = ['requests', 'tokens', 'usd'] as const satisfies readonly LimitKind[];
export const periods = Object.keys(periodWords) as readonly LimitPeriod[];

/** One limit of several. */
export interface NamedLimit {
  readonly kind: LimitKind;
  readonly period: LimitPeriod;
  readonly max: number;
}

/** The limits that are set, in a fixed order. */
export function limitsIn(limits: Limits | undefined): NamedLimit[] {
  return kinds.flatMap((kind) =>
    periods.flatMap((period) => {
      const max = limits?.[kind]?.[period] ?? undefined;
      return max === undefined ? [] : [{ kind, period, max }];
    }),
  );
}

/** `100 requests a day, $5.00 a month, 3 calls at once`, or `none`. */
export function limitsInWords(limits: Limits | undefined, locale?: Locale): string {
  const named = limitsIn(limits).map(
    ({ kind, period, max }) =>
      `${amount(kind, max, locale)}${kind === 'usd' ? '' : ` ${kind}`} ${article[period]} ${period}`,
  );
  const atOnce = limits?.callsAtOnce ?? undefined;
  if (atOnce !== undefined) named.push(`${counted(atOnce, 'call', 'calls', locale)} at once`);
  return named.length === 0 ? 'none' : named.join(', ');
}

const article: Readonly<Record<LimitPeriod, string>> = {
  minute: 'a',
  hour: 'an',
  day: 'a',
  week: 'a',
  month: 'a',
};
