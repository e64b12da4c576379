import type { LimitKind } from './limits.ts';

/** An amount with separators; dollars with the cents that matter, and tiny amounts with all digits but those of rounding. */
export function amountText(kind: LimitKind, amount: number): string {
  if (kind !== 'usd') return amount.toLocaleString('en-US');
  if (amount > 0 && amount < 0.0001)
    return `$${amount.toLocaleString('en-US', { maximumSignificantDigits: 12 })}`;
  const digits = Number.isInteger(Number((amount * 100).toFixed(6))) ? 2 : 4;
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
