import { nearest } from '@org/contract';

/**
 * What to do about a name that leads nowhere.
 *
 * @param otherwise What to do where it is not misspelt.
 */
export function correction(name: string, known: Iterable<string>, otherwise: string): string {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `did you mean "${near}"? Otherwise ${otherwise}`;
}
