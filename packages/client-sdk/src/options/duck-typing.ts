/** A field of a value that could be anything; `undefined` if there is none. */
export function field(value: unknown, name: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Reflect.get(value, name)
    : undefined;
}

export function textField(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

/**
 * Whether a value has fields of these types. Unlike instanceof it also accepts an object of another realm (for example of
 * jsdom) or of a polyfill.
 */
export function hasFields(
  value: unknown,
  types: Readonly<Record<string, 'boolean' | 'number' | 'function'>>,
): boolean {
  return Object.entries(types).every(([name, type]) => typeof field(value, name) === type);
}
