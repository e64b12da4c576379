import { nearest } from '@org/contract';

/**
 * What to do about an unknown name.
 *
 * @param otherwise What to do if it is not misspelt.
 */
export function correction(name: string, known: Iterable<string>, otherwise: string): string {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `did you mean "${near}"? Otherwise ${otherwise}`;
}
