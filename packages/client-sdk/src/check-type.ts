import { ConfigurationError } from './errors.ts';

/**
 * Refuses a value that could not be sent as it was meant, for it is of another type. Which values of that type
 * are allowed, the proxy alone says. No message repeats a value, which may be private.
 *
 * @param path - The option, or where in it the value is: `history.0.text`.
 */
export function checkType(path: string, value: unknown, type: 'string' | 'number' | 'object'): void {
  if (typeof value !== type || value === null) {
    throw new ConfigurationError({
      field: path.replace(/\..*/, ''),
      message: `${path} must be ${type === 'object' ? 'an object' : `a ${type}`}.`,
    });
  }
}

/** The same, where `undefined` is the same as none. */
export function checkOptional(path: string, value: unknown, type: 'string' | 'number' | 'object'): void {
  if (value !== undefined) {
    checkType(path, value, type);
  }
}

/** Checks every item of a list; `undefined` is the same as none. Text would pass for a list of its letters. */
export function checkList<Item>(
  path: string,
  list: readonly Item[] | undefined,
  checkItem: (path: string, item: Item) => void,
): void {
  if (list !== undefined && !Array.isArray(list)) {
    throw new ConfigurationError({ field: path, message: `${path} must be an array.` });
  }
  for (const [index, item] of list?.entries() ?? []) {
    checkItem(`${path}.${index}`, item);
  }
}
