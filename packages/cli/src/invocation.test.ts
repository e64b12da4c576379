import { expect, test } from 'vitest';
import { invocationOf } from './invocation.ts';

test('a hint can be pasted', () => {
  expect(invocationOf(() => ({})).command('keys list')).toBe('./proxy keys list');
});

test('a hint means the same deployment', () => {
  const local = invocationOf(() => ({ local: 'http://127.0.0.1:8788' }));
  expect(local.command('teams list')).toBe('./proxy teams list --local http://127.0.0.1:8788');
  const usual = invocationOf(() => ({ local: 'http://127.0.0.1:8787', config: 'my.config.ts' }));
  expect(usual.command('teams list')).toBe('./proxy teams list --local --config my.config.ts');
  const named = invocationOf(() => ({ config: "Bob's config.ts" }));
  expect(named.command('teams list')).toBe(`./proxy teams list --config 'Bob'\\''s config.ts'`);
});
