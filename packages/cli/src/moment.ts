import { CliError } from './cli-error.ts';
import { parseDuration } from './output/duration.ts';

const dayMs = 86_400_000;

/**
 * Reads a moment of the command line: `2026-12-31` is the end of that day, `2026-12-31T18:00Z` that minute, and `8h` eight
 * hours from now. Without `Z` or an offset, the time is UTC.
 *
 * @param now Milliseconds since 1970.
 * @returns Milliseconds since 1970.
 * @throws {CliError} If it is not a moment.
 */
export function parseMoment(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return now + duration;
  const [, day = '', time, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const start = Date.parse(`${day}T00:00:00Z`);
  // 2026-02-30 would be March 2.
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
  const at = time === undefined ? start + dayMs : Date.parse(`${day}T${time}${zone}`);
  if (isDay && !Number.isNaN(at)) return at;
  throw new CliError(
    `"${text}" is not a moment.`,
    'Use a day such as 2026-12-31, at whose end it is, a time such as 2026-12-31T18:00Z, or a duration such as 8h.',
  );
}
