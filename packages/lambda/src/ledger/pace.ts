import { type Moment, momentBy, type Window } from './moment.ts';
import type { Bound } from './scope.ts';

/**
 * The most of a limit that may be committed at a moment. A pace lets it grow through the window: the share of the limit for the
 * time so far, rounded down, and the burst. In whole numbers, because an amount times milliseconds can be above 2^53.
 */
export function mostAt(
  { period, max, burst, allowed = max }: Bound,
  { at, windows }: Pick<Moment, 'at' | 'windows'>,
): number {
  if (burst === undefined) return Math.min(max, allowed);
  const { began, ends } = windows[period];
  const share = (BigInt(max) * BigInt(Math.floor(at - began))) / BigInt(ends - began);
  return Math.min(max, Number(share) + burst);
}

/**
 * How many whole seconds after a moment the pace of a limit leaves room for a hold, if nothing more is charged. If the window
 * ends before, the hold has to fit the next window, in which nothing is charged yet.
 *
 * @param used What is charged in the window. With the hold, it is within the limit.
 */
export function secondsUntilRoom(bound: Bound, moment: Moment, used: number, hold: number): number {
  const { at, calendar, windows } = moment;
  const window = windows[bound.period];
  const secondsUntil = (time: number) => Math.ceil((time - at) / 1000);
  const seconds = secondsUntil(reachedAt(bound, window, used + hold));
  if (at + seconds * 1000 < window.ends) return seconds;
  const next = momentBy(window.ends, calendar).windows[bound.period];
  return secondsUntil(reachedAt(bound, next, hold));
}

/** The first millisecond at which the pace allows so much of a limit. */
function reachedAt({ max, burst = 0 }: Bound, { began, ends }: Window, amount: number): number {
  const ahead = amount - burst;
  if (ahead <= 0) return began;
  return began + Number((BigInt(ahead) * BigInt(ends - began) + BigInt(max - 1)) / BigInt(max));
}
