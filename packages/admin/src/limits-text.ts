import { amountText, type LimitKind, type Limits } from '@org/contract';
import { type LimitName, limitNames, maxOf } from '@org/table';

/** `10 requests/day, $5.00/month at a pace with a burst of $1.00, 3 calls at once`. */
export function limitsText(limits: Limits): string {
  return limitNames
    .flatMap((name) => {
      const max = maxOf(limits, name);
      return max === undefined || max === null ? [] : [`${limitText(name, max)}${paceText(limits, name)}`];
    })
    .join(', ');
}

function paceText({ pace }: Limits, { limit, period }: LimitName): string {
  if (period === undefined || period === 'minute') return '';
  const ahead = pace?.[limit]?.[period];
  return ahead ? ` at a pace with a burst of ${amountText(limit, ahead.burst)}` : '';
}

/** `10 requests/day`, `3 calls at once`. */
export function limitText(name: LimitName, max: number): string {
  if (name.limit === 'callsAtOnce') return `${countText(max, 'calls')} at once`;
  const { limit, period } = name;
  return `${limit === 'usd' ? amountText(limit, max) : countText(max, limit)}/${period}`;
}

/** `requests/day`, `callsAtOnce`. */
export function limitNameText({ limit, period }: LimitName): string {
  return period === undefined ? limit : `${limit}/${period}`;
}

/** `1 request`, `1,200 requests`. */
export function countText(count: number, things: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? things.replace(/s$/, '') : things}`;
}

/** What was held or charged: `1 request, 1,200 tokens, $0.0020`. */
export function chargeText({ requests, tokens, usd }: Readonly<Record<LimitKind, number>>): string {
  return `${countText(requests, 'requests')}, ${countText(tokens, 'tokens')}, ${amountText('usd', usd)}`;
}

/** Milliseconds as a person reads them: `310 ms`, `1.2 s`. */
export function secondsText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
