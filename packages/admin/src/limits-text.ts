import { type LimitKind, type LimitPeriod, type Limits, limitKinds, limitPeriods } from '@org/contract';

/** `10 requests/day, $5.00/month at a pace with a burst of $1.00, 3 calls at once`. */
export function limitsText(limits: Limits): string {
  const byPeriod = limitKinds.flatMap((kind) =>
    limitPeriods.flatMap((period) => {
      const max = limits[kind]?.[period];
      if (max === undefined || max === null) return [];
      const pace = period === 'minute' ? undefined : limits.pace?.[kind]?.[period];
      const ahead = pace ? ` at a pace with a burst of ${amountText(kind, pace.burst)}` : '';
      return [`${limitText(kind, max, period)}${ahead}`];
    }),
  );
  const { callsAtOnce } = limits;
  const atOnce = typeof callsAtOnce === 'number' ? [`${countText(callsAtOnce, 'calls')} at once`] : [];
  return [...byPeriod, ...atOnce].join(', ');
}

/** `10 requests/day`. */
export function limitText(kind: LimitKind, max: number, period: LimitPeriod): string {
  return `${kind === 'usd' ? amountText(kind, max) : countText(max, kind)}/${period}`;
}

/** `1 request`, `1,200 requests`. */
export function countText(count: number, things: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? things.replace(/s$/, '') : things}`;
}

/** An amount with separators; dollars with the cents that matter, and tiny amounts with all their digits. */
export function amountText(kind: LimitKind, amount: number): string {
  if (kind !== 'usd') return amount.toLocaleString('en-US');
  if (amount > 0 && amount < 0.0001)
    return `$${amount.toLocaleString('en-US', { maximumFractionDigits: 20 })}`;
  const digits = Number.isInteger(Number((amount * 100).toFixed(6))) ? 2 : 4;
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** Milliseconds as a person reads them: `310 ms`, `1.2 s`. */
export function secondsText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
