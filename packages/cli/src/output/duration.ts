const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/**
 * Milliseconds of a duration such as `2h`, `90m` or `1d12h`.
 *
 * @returns Undefined for any other string.
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+[dhms])+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    total += Number(amount) * unitMs[unitOf(unit)];
  }
  return total;
}

/** A duration in its two largest units: `1d 12h`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds / 1000) * 1000);
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(rest / unitMs[unit]);
    rest -= amount * unitMs[unit];
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0s';
}

function unitOf(text: string | undefined): keyof typeof unitMs {
  return text === 'd' || text === 'h' || text === 'm' ? text : 's';
}
