import { expect, test } from 'vitest';
import { invocationOf } from './invocation.ts';

const npm = { npm_config_user_agent: 'npm/11.19.1 node/v24.21.0 linux x64 workspaces/false' };
const pnpm = { npm_config_user_agent: 'pnpm/12.21.0 npm/? node/? linux x64' };

test.each([
  ['npm', npm, './proxy keys list', './proxy'],
  ['pnpm', pnpm, 'pnpm proxy keys list', 'pnpm --silent proxy'],
  ['nobody that says so', {}, './proxy keys list', './proxy'],
])('run by %s, a hint is what can be pasted there', (_, environment, command, silentProgram) => {
  const invocation = invocationOf(environment, () => ({}));
  expect(invocation.command('keys list')).toBe(command);
  expect(invocation.silentProgram).toBe(silentProgram);
});

test('a hint means the same deployment', () => {
  const local = invocationOf(npm, () => ({ local: 'http://127.0.0.1:8788' }));
  expect(local.command('teams list')).toBe('./proxy teams list --local http://127.0.0.1:8788');
  const named = invocationOf(npm, () => ({ config: "Bob's config.ts" }));
  expect(named.command('teams list')).toBe(`./proxy teams list --config 'Bob'\\''s config.ts'`);
});
