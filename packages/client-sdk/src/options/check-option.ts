import { ConfigurationError } from '../errors/errors.ts';

/**
 * The error for an option that is missing or wrong. A message never repeats a value, because it may be private.
 *
 * @param path - The option, or the place in it: `history.0.text`.
 * @param rule - What it must be, or what is missing, and what to do.
 */
export function invalidOption(path: string, rule: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError({ field: path.replace(/\..*/, ''), message: `${path} ${rule}.`, cause });
}

/** Refuses an option that is not right. */
export function checkOption(right: boolean, path: string, rule: string): asserts right {
  if (!right) {
    throw invalidOption(path, rule);
  }
}

type TypeName = 'string' | 'number' | 'object' | 'function';

/** Refuses options that the method does not have. */
export function checkNoOther(method: string, others: object): void {
  const [name] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined) {
    throw new ConfigurationError({
      field: name,
      message: `Unknown option ${JSON.stringify(name)} for ${method}().`,
    });
  }
}

/**
 * Refuses a value of another type, which could not be sent as it is meant. Only the proxy decides which values of the
 * type are allowed.
 */
export function checkType(path: string, value: unknown, type: TypeName): void {
  checkOption(
    typeof value === type && value !== null && !(type === 'number' && !Number.isFinite(value)),
    path,
    `must be ${type === 'object' ? 'an object' : `a ${type}`}`,
  );
}

/** The same, but `undefined` is allowed. */
export function checkOptional(path: string, value: unknown, type: TypeName): void {
  if (value !== undefined) {
    checkType(path, value, type);
  }
}

/** Checks every item of a list, and returns what `checkItem` makes of each. A string would pass as a list of its letters. */
export function checkList<Item, Result>(
  path: string,
  list: readonly Item[],
  checkItem: (path: string, item: Item) => Result,
): Result[] {
  checkOption(Array.isArray(list), path, 'must be an array');
  // Also for the holes of a sparse array, which map would skip.
  return Array.from(list, (item, index) => checkItem(`${path}.${index}`, item));
}
