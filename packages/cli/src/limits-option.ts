import { type Limits, LimitsSchema, limitKinds, limitPeriods } from '@org/contract';
import * as z from 'zod/mini';
import { CliError } from './cli-error.ts';

/** Collects an option that may be repeated. */
export function repeated(value: string, others: readonly string[] = []): string[] {
  return [...others, value];
}

/**
 * Reads limits such as `requests/day=20` and `callsAtOnce=3`.
 *
 * @param options.none Whether `usd/month=none` may take a limit away. Default: false.
 * @throws {CliError} Names the limit that cannot be read, or is given twice.
 */
export function parseLimits(texts: readonly string[], { none = false } = {}): Limits {
  const limits: Record<string, Record<string, number | null>> = {};
  let callsAtOnce: number | null | undefined;
  for (const text of texts) {
    const [, calls] = /^callsAtOnce=(\d+|none)$/.exec(text) ?? [];
    if (calls !== undefined && (none || calls !== 'none')) {
      if (callsAtOnce !== undefined) {
        throw new CliError(`"${text}" is the second limit on calls at once.`, 'Give only one of them.');
      }
      callsAtOnce = calls === 'none' ? null : Number(calls);
      if (!z.safeParse(LimitsSchema, { callsAtOnce }).success) throw noLimit(text);
      continue;
    }
    const [, kind, period, amount] = /^(\w+)\/(\w+)=(\d+(?:\.\d+)?|none)$/.exec(text) ?? [];
    if (kind === undefined || period === undefined || amount === undefined) throw noLimit(text);
    if (amount === 'none' && !none) throw noLimit(text);
    if (limits[kind]?.[period] !== undefined) {
      throw new CliError(`"${text}" is the second limit on ${kind} per ${period}.`, 'Give only one of them.');
    }
    limits[kind] = { ...limits[kind], [period]: amount === 'none' ? null : Number(amount) };
    if (!z.safeParse(LimitsSchema, limits).success) throw noLimit(text);
  }
  return z.parse(LimitsSchema, { ...limits, ...(callsAtOnce !== undefined && { callsAtOnce }) });
}

function noLimit(text: string): CliError {
  return new CliError(
    `"${text}" is not a limit.`,
    `Use KIND/PERIOD=AMOUNT, or callsAtOnce=AMOUNT. KIND is one of ${limitKinds.join(', ')}; PERIOD is one of ${limitPeriods.join(', ')}; AMOUNT is a number, which must be whole unless KIND is usd.`,
  );
}
