/** A share of a whole, as `██████░░░░`. Any share above 0 shows, and only a full one looks full. */
export function bar(fraction: number, width = 20): string {
  const started = fraction > 0 ? 1 : 0;
  const filled = Math.min(width, Math.max(started, Math.floor(fraction * width)));
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
