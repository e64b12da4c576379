import type { Issue } from './errors.ts';

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

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string') {
    throw new Mismatch(path, 'string');
  }
  return value;
};

export const number: Reader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new Mismatch(path, 'number');
  }
  return value;
};

export const count: Reader<number> = (value, path) => {
  if (!Number.isSafeInteger(value) || number(value, path) < 0) {
    throw new Mismatch(path, 'whole number of 0 or more');
  }
  return number(value, path);
};

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
  return (value, path) => {
    if (value !== expected) {
      throw new Mismatch(path, `"${expected}"`);
    }
    return expected;
  };
}

export function nullable<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (value, path) => (value === null ? null : reader(value, path));
}

/** What is not there is left out of the object. */
export function optional<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value, path) => (value === undefined ? undefined : reader(value, path));
}

export function list<Item>(reader: Reader<Item>): Reader<Item[]> {
  return (value, path) => {
    if (!Array.isArray(value)) {
      throw new Mismatch(path, 'array');
    }
    return value.map((item: unknown, index) => reader(item, within(path, index)));
  };
}

/** Fields that it does not name are left out: a newer proxy may add some. */
export function object<Value extends object>(
  readers: {
    readonly [Name in keyof Value]-?: Reader<Value[Name]>;
  },
): Reader<Value> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Mismatch(path, 'object');
    }
    const read: Partial<Value> = {};
    for (const name in readers) {
      const field = readers[name](Reflect.get(value, name), within(path, name));
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

function within(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`;
}
