import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { explain } from './failure.ts';
import { invocationOf } from './invocation.ts';
import { run } from './program.ts';
import { recordingTerminal } from './testing/recording-terminal.ts';

const npm = { npm_config_user_agent: 'npm/11.19.1 node/v24.21.0 linux x64 workspaces/false' };
const pnpm = { npm_config_user_agent: 'pnpm/12.21.0 npm/? node/? linux x64' };

test.each([
  ['npm', npm, 'npm run proxy -- keys list', 'npm --silent run proxy --'],
  ['pnpm', pnpm, 'pnpm proxy keys list', 'pnpm --silent proxy'],
  ['nobody that says so', {}, 'npm run proxy -- keys list', 'npm --silent run proxy --'],
])('run by %s, a hint is what can be pasted there', (_, environment, command, silentProgram) => {
  const invocation = invocationOf(environment, () => ({}));
  expect(invocation.command('keys list')).toBe(command);
  expect(invocation.silentProgram).toBe(silentProgram);
});

test('a hint means the same deployment', () => {
  const local = invocationOf(npm, () => ({ local: 'http://127.0.0.1:8788' }));
  expect(local.command('teams list')).toBe('npm run proxy -- teams list --local http://127.0.0.1:8788');
  const named = invocationOf(npm, () => ({ config: "Bob's config.ts" }));
  expect(named.command('teams list')).toBe(`npm run proxy -- teams list --config 'Bob'\\''s config.ts'`);
});

async function said(environment: Record<string, string>, ...args: string[]) {
  const terminal = recordingTerminal();
  await run(args, terminal, () => 0, environment);
  return [...terminal.printed, ...terminal.noted].join('\n');
}

const commands = [
  [],
  ...['dev', 'doctor', 'synth', 'diff', 'deploy', 'destroy', 'models', 'usage'].map((name) => [name]),
  ['config', 'check'],
  ...['list', 'show', 'create', 'move', 'delete'].map((name) => ['teams', name]),
  ...['list', 'create', 'rotate', 'revoke'].map((name) => ['keys', name]),
];

test.each(commands)(
  'proxy %s %s --help has examples for npm where npm runs it, and for pnpm where pnpm does',
  async (...command) => {
    const names = command.filter((name) => name !== undefined);
    const forNpm = await said(npm, ...names, '--help');
    expect(forNpm).toContain('npm run proxy -- ');
    expect(forNpm).not.toMatch(/\bpnpm\b/);
    const forPnpm = await said(pnpm, ...names, '--help');
    expect(forPnpm).toContain('pnpm proxy ');
    expect(forPnpm).not.toMatch(/\bnpm (?:--silent )?run\b/);
  },
);

test.each(commands)('what proxy %s %s --help pipes has no banner of npm in it', async (...command) => {
  const help = await said(npm, ...command.filter((name) => name !== undefined), '--help');
  const examples = help.split(/^Examples?:$/m)[1] ?? '';
  const piped = examples.split('\n').filter((line) => / --json|[|>] /.test(line));
  for (const line of piped) expect(line).toContain('npm --silent run proxy -- ');
});

test('the advice of an error names commands in the same way, and goes on with --local', () => {
  const invocation = invocationOf(pnpm, () => ({ local: 'http://127.0.0.1:8787' }));
  const error = new CliError('There is no key.', ({ command }) => `See them with: ${command('keys list')}`);
  expect(explain(error, invocation).text).toBe(
    'There is no key.\nSee them with: pnpm proxy keys list --local http://127.0.0.1:8787',
  );
});
