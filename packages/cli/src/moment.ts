import { dayIn } from '@org/admin';
import { CliError } from './cli-error.ts';
import { parseDuration } from './output/duration.ts';

/**
 * Reads an end of the command line: `2026-12-31` is the end of that day in the deployment's time zone, `2026-12-31T18:00Z`
 * that minute, and `8h` eight hours from now. Without `Z` or an offset, the time is UTC.
 *
 * @param now Milliseconds since 1970.
 * @returns Milliseconds since 1970, of a whole second, because the table keeps seconds.
 * @throws {CliError} If it is not a moment.
 */
export function parseEnd(text: string, now: number, timeZone: string): number {
  const duration = parseDuration(text);
  const end =
    duration === undefined ? dayIn(text, timeZone)?.ends : Math.floor((now + duration) / 1000) * 1000;
  return end ?? parseTime(text, '2030-12-31 (at its end)');
}

/**
 * Reads a start of the command line: `2026-12-31` is the start of that day in the deployment's time zone,
 * `2026-12-31T18:00Z` that minute, and `8h` eight hours ago.
 *
 * @param now Milliseconds since 1970.
 * @returns Milliseconds since 1970.
 * @throws {CliError} If it is not a moment, or still to come.
 */
export function parseStart(text: string, now: number, timeZone: string): number {
  const duration = parseDuration(text);
  const start = duration === undefined ? dayIn(text, timeZone)?.began : now - duration;
  const at = start ?? parseTime(text, '2026-11-01 (from its start)');
  if (at <= now) return at;
  throw new CliError(`${text} is still to come.`, 'Give a time in the past, or a duration such as 7d.');
}

function parseTime(text: string, day: string): number {
  const [, date = '', time = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const at = dayIn(date, 'UTC') && Date.parse(`${date}T${time}${zone}`);
  if (at !== undefined && !Number.isNaN(at)) return at;
  throw new CliError(
    `"${text}" is not a time.`,
    `Use a day such as ${day}, a time such as 2030-12-31T18:00Z, or a duration such as 8h.`,
  );
}
