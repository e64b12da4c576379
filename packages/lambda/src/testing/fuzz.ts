import fc from 'fast-check';
import { vi } from 'vitest';
import type { Json, JsonObject } from '../json.ts';

const factor = Number(process.env['FUZZ_RUNS'] ?? 1);

// For the tests of whichever file imports this: many tries take longer than one.
vi.setConfig({ testTimeout: 60_000 * factor });

/** How often a property is tried: so often, and FUZZ_RUNS times as often if that is set. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: usual * factor };
}

/** Any character of Unicode. fast-check's own unit `binary` lists them all first, which takes each process seconds. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10_f7_ff })
  .map((index) => String.fromCodePoint(index < 0xd8_00 ? index : index + 0x8_00));

/** Strings that break what takes them for something else: names of prototypes, half characters, NUL, line breaks. */
export const oddText = fc.oneof(
  fc.constantFrom(
    ...['__proto__', 'constructor', 'toString', '', ' ', '\0', '\ud800', '\udc00x', '\r\nx: y', '\u2028'],
  ),
  fc.string({ unit: anyCharacter }),
);

/** Any JSON, odd strings and names included. */
export const { json: anyJson } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      oddText,
    ),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(oddText, tie('json')), { maxLength: 4 })
    .map((entries): JsonObject => Object.fromEntries(entries)),
}));

/** The same JSON with what is under one of its names, wherever that stands, replaced or taken away; up to three times. */
export function mutationsOf(whole: Json): fc.Arbitrary<Json> {
  const names = new Set<string>();
  JSON.stringify(whole, (name, value) => {
    names.add(name);
    return value;
  });
  const change = fc.tuple(fc.constantFrom(...names), fc.option(anyJson, { nil: undefined }));
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce<Json>((value, [name, put]) => replaced(value, name, put), whole));
}

function replaced(whole: Json, changed: string, put: Json | undefined): Json {
  // Put in last: what is put in may have the name itself.
  const place = put === undefined ? undefined : '\0place';
  const text = JSON.stringify(whole, (name, value) => (name === changed ? place : value));
  return text === undefined ? null : JSON.parse(text.replaceAll('"\\u0000place"', () => JSON.stringify(put)));
}
