import type { LimitKind, LimitPeriod } from '@org/contract';

/** The reader's language; tests give their own. */
export type Locale = string | undefined;

const numberIn = (locale: Locale, options: Intl.NumberFormatOptions = {}) =>
  new Intl.NumberFormat(locale, options);

/** `12,345` */
export function count(amount: number, locale?: Locale): string {
  return numberIn(locale, { maximumFractionDigits: 0 }).format(amount);
}

/** `12K`, for where there is little room. */
export function shortCount(amount: number, locale?: Locale): string {
  return numberIn(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(amount);
}

/** Dollars with the digits that matter: `$1,234.50`, `$0.0012`. */
export function money(usd: number, locale?: Locale): string {
  const small = usd !== 0 && Math.abs(usd) < 0.1;
  const digits = small
    ? { minimumFractionDigits: 2, maximumSignificantDigits: 2 }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return numberIn(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    ...digits,
  }).format(usd);
}

/** `$1.2K`, for the axis of a chart. */
export function shortMoney(usd: number, locale?: Locale): string {
  const options: Intl.NumberFormatOptions =
    usd < 1000
      ? { minimumFractionDigits: Number.isInteger(usd) ? 0 : 2, maximumFractionDigits: 4 }
      : { notation: 'compact', maximumFractionDigits: 1 };
  return numberIn(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    ...options,
  }).format(usd);
}

/** `12.5%` of a share from 0 to 1. */
export function percent(share: number, locale?: Locale): string {
  const digits = share !== 0 && Math.abs(share) < 0.1 ? 1 : 0;
  return numberIn(locale, { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** `+12%`, or nothing if there was nothing before. */
export function change(now: number, before: number | undefined, locale?: Locale): string | undefined {
  if (before === undefined || before === 0) return undefined;
  return numberIn(locale, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(
    now / before - 1,
  );
}

/** `850 ms`, `2.4 s` */
export function duration(ms: number, locale?: Locale): string {
  const [amount, unit, digits] =
    ms < 1000 ? ([ms, 'millisecond', 0] as const) : ([ms / 1000, 'second', 1] as const);
  return numberIn(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(amount);
}

/** `1.2 MB` */
export function bytes(amount: number, locale?: Locale): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = amount < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(amount) / 3));
  const unit = units[power] ?? 'byte';
  const options: Intl.NumberFormatOptions = {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  };
  return numberIn(locale, options).format(amount / 1000 ** power);
}

/** An amount of what a limit counts. */
export function amount(kind: string, value: number, locale?: Locale): string {
  return kind === 'usd' ? money(value, locale) : count(value, locale);
}

export const kindWords: Readonly<Record<LimitKind, string>> = {
  requests: 'requests',
  tokens: 'tokens',
  usd: 'spend',
};

export const periodWords: Readonly<Record<LimitPeriod, string>> = {
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  week: 'week',
  month: 'month',
};

/** `Tokens per day`; a kind or a period that a newer proxy adds, as it is. Calls at once have no period. */
export function limitName(kind: string, period: string | undefined): string {
  if (period === undefined) return kind === 'callsAtOnce' ? 'Calls at once' : kind;
  const word = Object.hasOwn(kindWords, kind) ? kindWords[kind as LimitKind] : kind;
  return `${word.charAt(0).toUpperCase()}${word.slice(1)} per ${period}`;
}

/** A moment in the deployment's time zone: `3 Nov 2026, 14:03`. */
export function moment(at: string | number, timeZone: string, locale?: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(at),
  );
}

/** The end of something, which often is that of a day: `the end of 31 Dec 2026`. */
export function end(at: string | number, timeZone: string, locale?: Locale): string {
  const date = new Date(at);
  const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone }).format(date);
  if (clock !== '00:00:00') return moment(at, timeZone, locale);
  const before = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone }).format(
    date.getTime() - 1,
  );
  return `the end of ${before}`;
}

/** `14:03` */
export function time(at: number, timeZone: string, locale?: Locale): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(at);
}

/** A day that is written `2026-11-03`: `3 Nov`, with its year, or with its weekday too. */
export function day(date: string, length: 'short' | 'medium' | 'full' = 'short', locale?: Locale): string {
  const options: Intl.DateTimeFormatOptions =
    length === 'short' ? { day: 'numeric', month: 'short' } : { dateStyle: length };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(Date.parse(date));
}

/** A month that is written `2026-11`: `November 2026`. */
export function month(text: string, locale?: Locale): string {
  const options: Intl.DateTimeFormatOptions = { month: 'long', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(locale, options).format(Date.parse(`${text}-01`));
}

/** `2026-11` plus -1: `2026-10`. */
export function monthAfter(text: string, months: number): string {
  const [year = 0, number = 1] = text.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

/** The month of a moment in a time zone: `2026-11`. */
export function monthOf(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    timeZone,
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}`;
}

/** How far a moment is: `in 3 hours`. */
export function untilThen(at: string | number, now: number, locale?: Locale): string {
  const ms = new Date(at).getTime() - now;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  for (const [unit, length] of units)
    if (Math.abs(ms) >= length) return format.format(Math.trunc(ms / length), unit);
  return format.format(Math.trunc(ms / 1000), 'second');
}

/** `1 key`, `2 keys` */
export function counted(amount: number, one: string, many = `${one}s`, locale?: Locale): string {
  return `${count(amount, locale)} ${amount === 1 ? one : many}`;
}
