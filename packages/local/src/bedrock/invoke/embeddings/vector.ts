import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/** What a model of embeddings answers, and the tokens of what it was given. */
export interface Embedded {
  readonly body: object;
  readonly inputTokens: number;
}

/**
 * A vector of a text and of nothing else: the same for the same text, whoever asks and whatever for. A shorter one is the
 * beginning of a longer one.
 *
 * @param isUnit Whether its length is 1.
 */
export function vectorOf(text: string, dimensions: number, isUnit = true): number[] {
  const numbers = Array.from({ length: Math.ceil(dimensions / 8) }, (_, index) =>
    createHash('sha256').update(`${index} ${text}`).digest(),
  )
    .flatMap((digest) => Array.from({ length: 8 }, (_, at) => digest.readInt32BE(at * 4) / 2 ** 31))
    .slice(0, dimensions);
  if (!isUnit) return numbers;
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}

/**
 * How many numbers a vector shall have.
 *
 * @param possible Those that a model can make, its own choice first.
 */
export function dimensionsAmong(possible: readonly number[]) {
  return z.optional(z.literal([...possible]));
}

/** What numbers of a vector can be told in. */
export const roundings = {
  float: (vector) => vector,
  int8: (vector) => vector.map((number) => Math.round(number * 127)),
  uint8: (vector) => vector.map((number) => Math.round(number * 127) + 128),
  binary: (vector) => bytesOfSigns(vector).map((byte) => byte - 128),
  ubinary: (vector) => bytesOfSigns(vector),
} as const satisfies Record<string, (vector: readonly number[]) => readonly number[]>;

export type Rounding = keyof typeof roundings;

/** A bit for each number: whether it is more than 0. */
function bytesOfSigns(vector: readonly number[]): number[] {
  return Array.from({ length: vector.length / 8 }, (_, index) =>
    Number.parseInt(
      vector
        .slice(index * 8, index * 8 + 8)
        .map((number) => (number > 0 ? 1 : 0))
        .join(''),
      2,
    ),
  );
}
