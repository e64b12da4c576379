import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/** An embeddings model's vectors, and the tokens of its input. */
export interface Embedded {
  readonly body: object;
  readonly inputTokens: number;
}

/**
 * A vector that depends only on the text, not on the model or the request. A shorter vector is the start of a longer
 * one.
 *
 * @param isUnit Whether the vector's length is 1.
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
 * The number of dimensions to ask for.
 *
 * @param possible The numbers that a model offers, its default first.
 */
export function dimensionsAmong(possible: readonly number[]) {
  return z.optional(z.literal([...possible]));
}

/** The number formats of a vector. */
export const roundings = {
  float: (vector) => vector,
  int8: (vector) => vector.map((number) => Math.round(number * 127)),
  uint8: (vector) => vector.map((number) => Math.round(number * 127) + 128),
  binary: (vector) => bytesOfSigns(vector).map((byte) => byte - 128),
  ubinary: (vector) => bytesOfSigns(vector),
} as const satisfies Record<string, (vector: readonly number[]) => readonly number[]>;

export type Rounding = keyof typeof roundings;

/** One bit for each number, set if the number is above 0. */
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
