import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
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

const root = join(import.meta.dirname, '../../..');

test.each([
  ['the folder itself', root, {}, './proxy docs'],
  ['a folder in it', join(root, 'packages/infra'), {}, '../../proxy ../../docs'],
  ['the folder of the documents', join(root, 'docs'), {}, '../proxy .'],
  ['where npm was called', root, { INIT_CWD: join(root, 'e2e') }, '../proxy ../docs'],
])('hints name the program and the documents as seen from %s', (_where, cwd, variables, expected) => {
  const code = `const { installation } = await import(${JSON.stringify(import.meta.resolve('@org/installation'))});
    console.log(installation.program, installation.documents)`;
  const { INIT_CWD: _, ...env } = process.env;
  const { stdout } = spawnSync(
    process.execPath,
    ['--conditions=@org/source', '--input-type=module', '--eval', code],
    { cwd, env: { ...env, ...variables }, encoding: 'utf8' },
  );
  expect(stdout.trim()).toBe(expected);
});
