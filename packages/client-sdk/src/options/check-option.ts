import { ConfigurationError } from '../errors/errors.ts';

/**
 * The error for an option that is missing or wrong. No message repeats a value, which may be private.
 *
 * @param path - The option, or where in it the value is: `history.0.text`.
 * @param rule - What it must be, or what it lacks, and what to do.
 */
export function invalidOption(path: string, rule: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError({ field: path.replace(/\..*/, ''), message: `${path} ${rule}.`, cause });
}

/** Refuses an option, unless it is right. */
export function checkOption(right: boolean, path: string, rule: string): asserts right {
  if (!right) {
    throw invalidOption(path, rule);
  }
}

type TypeName = 'string' | 'number' | 'object' | 'function';

/** Refuses what is no option of the method. */
export function checkNoOther(method: string, others: object): void {
  for (const [name, value] of Object.entries(others)) {
    checkOption(value === undefined, name, `is no option of ${method}`);
  }
}

/**
 * Refuses a value that could not be sent as it was meant, for it is of another type. Which values of that type
 * are allowed, the proxy alone says.
 */
export function checkType(path: string, value: unknown, type: TypeName): void {
  checkOption(
    typeof value === type && value !== null && !(type === 'number' && !Number.isFinite(value)),
    path,
    `must be ${type === 'object' ? 'an object' : `a ${type}`}`,
  );
}

/** The same, where `undefined` is the same as none. */
export function checkOptional(path: string, value: unknown, type: TypeName): void {
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
  checkOption(list === undefined || Array.isArray(list), path, 'must be an array');
  for (const [index, item] of list?.entries() ?? []) {
    checkItem(`${path}.${index}`, item);
  }
}
