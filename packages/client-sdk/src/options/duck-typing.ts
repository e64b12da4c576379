/** A field of a value that could be anything; `undefined` where there is none. */
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
 * Whether a value has fields of these types. Where instanceof would ask for one class, an object of another realm (of
 * jsdom, say) or of a polyfill is as good.
 */
export function hasFields(
  value: unknown,
  types: Readonly<Record<string, 'boolean' | 'number' | 'function'>>,
): boolean {
  return Object.entries(types).every(([name, type]) => typeof field(value, name) === type);
}
