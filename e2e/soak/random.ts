/** Numbers from 0 to 1 that look random, and are the same for the same seed and names. */
export type Random = () => number;

/**
 * A source for one purpose, so that one call's random choices do not depend on other calls.
 *
 * @see https://github.com/cprosche/mulberry32
 */
export function randomOf(seed: number, ...names: readonly (string | number)[]): Random {
  let state = seed;
  for (const character of names.join('/')) {
    state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of a list, each with its share; `otherwise` for the rest. */
export function choose<Value>(
  random: Random,
  shares: readonly (readonly [share: number, value: Value])[],
  otherwise: Value,
): Value {
  let left = random();
  for (const [share, value] of shares) {
    left -= share;
    if (left < 0) return value;
  }
  return otherwise;
}

export function oneOf<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('There is nothing to choose from.');
  return value;
}

/** A whole number, both ends included. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}
