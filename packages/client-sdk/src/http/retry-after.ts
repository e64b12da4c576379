import type { ResponseHeaders } from './fetch.ts';

const decimal = /^\d+(?:\.\d+)?$/;
// Date.parse alone would read "-5" or "soon 1" as a date.
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .+ GMT$/;

/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds
 * (with decimals or not) or as an HTTP date. A value that cannot be read is ignored.
 */
export function readRetryAfter(headers: ResponseHeaders, now: number): number | undefined {
  return amount(headers.get('retry-after-ms'), 1) ?? secondsOrDate(headers.get('retry-after'), now);
}

function secondsOrDate(value: string | null, now: number): number | undefined {
  if (value === null || !httpDate.test(value)) {
    return amount(value, 1000);
  }
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function amount(value: string | null, unitMs: number): number | undefined {
  return value !== null && decimal.test(value)
    ? Math.min(Number(value) * unitMs, Number.MAX_SAFE_INTEGER)
    : undefined;
}
