import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const bundle = readFileSync(new URL(import.meta.resolve('@org/lambda/bundle')));

test('the functions are one file within the size budget', () => {
  expect(bundle.byteLength).toBeLessThan(495_000);
  expect(gzipSync(bundle).byteLength).toBeLessThan(160_000);
});

test.each([
  ['a shim for require', 'Dynamic require'],
  ['messages in other languages', 'Ungültige Eingabe'],
  ['the chain of credential providers', 'AssumeRoleWithWebIdentity'],
])('it does not contain %s', (_what, trace) => {
  expect(bundle.includes(trace)).toBe(false);
});
