import type { Issue } from '../errors/errors.ts';

/** Says what a value is, as one of a known shape; throws `Mismatch` where it is of another. */
export type Reader<Value> = (value: unknown, path: string) => Value;

/** Where a value is not of the shape that it should have. */
export class Mismatch extends Error {
  readonly issue: Issue;

  constructor(path: string, expected: string) {
    super();
    this.issue = { path, message: `expected ${expected}` };
  }
}

/** Takes what `is` says it is. */
function check<Value>(expected: string, is: (value: unknown) => value is Value): Reader<Value> {
  return (value, path) => {
    if (!is(value)) {
      throw new Mismatch(path, expected);
    }
    return value;
  };
}

export const text = check('string', (value) => typeof value === 'string');

export const number = check('number', (value): value is number => Number.isFinite(value));

export const count = check(
  'whole number of 0 or more',
  (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
);

/** JSON has a date as text. */
export const date: Reader<Date> = (value, path) => {
  const read = new Date(text(value, path));
  if (Number.isNaN(read.getTime())) {
    throw new Mismatch(path, 'date');
  }
  return read;
};

export const anything: Reader<unknown> = (value) => value;

export function literal<const Text extends string>(expected: Text): Reader<Text> {
  return check(`"${expected}"`, (value): value is Text => value === expected);
}

export function nullable<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (value, path) => (value === null ? null : reader(value, path));
}

/** What is not there is left out of the object. */
export function optional<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value, path) => (value === undefined ? undefined : reader(value, path));
}

const array = check('array', (value): value is unknown[] => Array.isArray(value));

export function list<Item>(reader: Reader<Item>): Reader<Item[]> {
  return (value, path) => array(value, path).map((item, index) => reader(item, within(path, index)));
}

const record = check(
  'object',
  (value): value is object => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** Fields that it does not name are left out: a newer proxy may add some. */
export function object<Value extends object>(
  readers: {
    readonly [Name in keyof Value]-?: Reader<Value[Name]>;
  },
): Reader<Value> {
  return (value, path) => {
    const given = record(value, path);
    const read: Partial<Value> = {};
    for (const name in readers) {
      const field = readers[name](Reflect.get(given, name), within(path, name));
      if (field !== undefined) {
        read[name] = field;
      }
    }
    // Complete: a reader of a field that must be there has not returned undefined.
    return read as Value;
  };
}

/** The value where it is of the shape, else `undefined`. */
export function readIfShaped<Value>(reader: Reader<Value>, value: unknown): Value | undefined {
  try {
    return reader(value, '');
  } catch {
    return undefined;
  }
}

/** What is of another shape is left out of the object. */
export function ifShaped<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value) => readIfShaped(reader, value);
}

function within(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`;
}
