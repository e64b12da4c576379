import { between, type Random } from './random.ts';

/**
 * How many requests of a storm have begun when the functions are killed: all callers are at work, and some have been
 * answered. A storm too short for that has begun as a whole.
 */
export function killPoint(random: Random, storm: number, callers: number): number {
  return between(random, Math.min(callers * 2, storm), storm);
}
