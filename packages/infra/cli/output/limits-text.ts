import { type LimitKind, type Limits, limitKinds, limitPeriods } from '@org/contract';

/** `10 requests/day, $5.00/month`. */
export function limitsText(limits: Limits): string {
  return limitKinds
    .flatMap((kind) =>
      limitPeriods.flatMap((period) => {
        const max = limits[kind]?.[period];
        if (max === undefined || max === null) return [];
        return [`${amountText(kind, max)}${kind === 'usd' ? '' : ` ${kind}`}/${period}`];
      }),
    )
    .join(', ');
}

/** An amount with separators; dollars with as many cents as matter. */
export function amountText(kind: LimitKind, amount: number): string {
  if (kind !== 'usd') return amount.toLocaleString('en-US');
  const digits = Number.isInteger(Number((amount * 100).toFixed(6))) ? 2 : 4;
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
