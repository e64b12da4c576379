import { join } from 'node:path';
import type { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { createProgram } from './program.ts';
import { recordingTerminal, runRecorded } from './testing/recording-terminal.ts';

const nowhere = '--local=http://127.0.0.1:1';
const proxy = (...args: string[]) => runRecorded(args);

test.each([
  [[], /Commands:.*models.*teams.*keys.*usage.*Examples:/s],
  [['init'], /--name.*--yes/s],
  [['dev'], /--once.*--local/s],
  [['config'], /check/],
  [['config', 'check'], /\[file\]/],
  [['doctor'], /changes nothing/],
  [['doctor'], /--json/],
  [['synth'], /neither network nor AWS account/],
  [['diff'], /--fail.*Changes nothing/s],
  [['deploy'], /--yes.*--show-keys.*--set-log-role/s],
  [['destroy'], /--yes.*what will stay/s],
  [['prices'], /--write.*Changes nothing/s],
  [['teams'], /Commands:.*list.*show.*create.*move.*delete/s],
  [['teams', 'create'], /"plan": "starter".*Examples:/s],
  [['teams', 'move'], /run it again/],
  [['keys'], /x-api-key/],
  [['keys', 'list'], /orphaned.*Examples:/s],
  [['keys', 'create'], /usd\/month=0\.10/],
  [['keys', 'rotate'], /default: "24h".*--now.*Examples:/s],
  [['keys', 'revoke'], /--replaced.*Examples:/s],
  [['usage'], /--month.*Examples:/s],
])('proxy %j --help teaches', async (command, text) => {
  const { code, printed } = await proxy(...command, '--help');
  expect(printed).toMatch(text);
  expect(code).toBe(0);
});

/** The words of each command that does something. */
function leaves({ commands }: Command, typed: readonly string[] = []): string[][] {
  return commands.flatMap((command) => {
    const path = [...typed, command.name()];
    return command.commands.length > 0 ? leaves(command, path) : [path];
  });
}
const everyCommand = leaves(createProgram(recordingTerminal(), Date.now).program);

test.each([[], ...everyCommand].map((path) => [path.join(' '), path] as const))(
  'proxy %s --help has an example that can be pasted',
  async (command, path) => {
    const { printed } = await runRecorded([...path, '--help']);
    expect(printed).toMatch(/--config <file>.*--local \[url\]/s);
    const [, examples = ''] = printed.split(/^Examples?:$/m);
    expect(examples).toContain(`./proxy ${command}`);
    expect(printed).not.toMatch(/\bp?npm (?:--silent )?run\b/);
  },
);

afterEach(() => vi.unstubAllEnvs());

test.each([
  [['usage'], /For the local gateway, add --local\.$/],
  [['destroy', '--yes'], /AWS_SECRET_ACCESS_KEY\.$/],
  [['prices'], /AWS_SECRET_ACCESS_KEY\.$/],
])(
  'without credentials, proxy %j says to sign in, and of --local only where it takes it',
  async (command, end) => {
    const none = { HOME: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true' };
    const unset = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
    for (const name of unset) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(none)) vi.stubEnv(name, value);
    const { code, noted } = await proxy(...command);
    expect(code).toBe(1);
    expect(noted).toMatch(/\nSign in/);
    expect(noted).toMatch(end);
  },
);

test.each([
  ['a command that is none', ['keys', 'lst'], /unknown command 'lst'.*Did you mean list/s, 2],
  ['an option that is none', ['usage', '--montly'], /unknown option '--montly'.*--month/s, 2],
  ['an argument that is missing', ['keys', 'revoke'], /missing required argument 'key'/, 2],
  ['an option that is missing', ['keys', 'create', 'app'], /required option '--team <team>'/, 2],
  [
    'an option that is misspelt in place of one that is missing',
    ['keys', 'create', 'app', '--taem', 'acme'],
    /unknown option '--taem'.*Did you mean --team/s,
    2,
  ],
  ['nothing to make', ['teams', 'create'], /Give a name and --plan PLAN, or --from FILE/, 1],
  ['a team without a plan', ['teams', 'create', 'acme'], /no plan.*--plan.*starter, research/s, 1],
  ['a plan without a team', ['teams', 'create', '--plan', 'starter'], /no name.*teams create NAME/s, 1],
  [
    'a team beside a file of teams',
    ['teams', 'create', 'acme', '--from', 'teams.json'],
    /Leave out the name and --plan/,
    1,
  ],
  ['a file that is not there', ['teams', 'create', '--from', 'no.json'], /no\.json cannot be read/, 1],
  ['an overlap that is none', ['keys', 'rotate', 'app', '--overlap', 'long'], /"long" is not a duration/, 1],
  ['an overlap too short to notice', ['keys', 'rotate', 'app', '--overlap', '59s'], /too short.*--now/s, 1],
  ['a limit that is none', ['keys', 'create', 'app', '--team', 'a', '--limit', 'usd=1'], /KIND\/PERIOD/, 1],
  [
    'a kind of limit that is none',
    ['keys', 'create', 'a', '--team', 'a', '--limit', 'calls/day=1'],
    /calls/,
    1,
  ],
  [
    'a limit that is given twice',
    [
      ...['keys', 'create', 'a', '--team', 'a', '--limit', 'usd/month=1', '--limit', 'usd/day=1'],
      ...['--limit', 'usd/month=2'],
    ],
    /"usd\/month=2" is the second limit on usd per month.*one of them/s,
    1,
  ],
  [
    'an overlap for a key that is to end at once',
    ['keys', 'rotate', 'app', '--overlap', '1h', '--now'],
    /--now.* cannot be used with .*--overlap/,
    2,
  ],
  ['half a request', ['keys', 'create', 'a', '--team', 'a', '--limit', 'requests/day=0.5'], /whole/, 1],
  ['a month that is none', ['usage', '--month', '2026-13'], /"2026-13" is not a month/, 1],
  ['a month to come', ['usage', '--month', '2026-12'], /2026-12 has not begun/, 1],
  [
    'a config that is not there',
    ['models', '--config', 'no.config.ts'],
    /there is no file .*no\.config\.ts/,
    1,
  ],
  ...['doctor', 'diff', 'deploy', 'destroy', 'prices'].map((command): [string, string[], RegExp, number] => [
    `--local, which ${command} has no use for,`,
    [command, '--local'],
    /--local.*\.\/proxy dev$/s,
    1,
  ]),
  ...['diff', 'deploy', 'destroy', 'synth'].map((command): [string, string[], RegExp, number] => [
    `--stack, over which ${command} would work on the stack of another app,`,
    [command, '--stack', 'Platform'],
    new RegExp(`own stack only.*npx cdk ${command} Platform$`, 's'),
    1,
  ]),
  ['--stack, which dev would ignore,', ['dev', '--stack', 'Platform'], /own stack.*Leave --stack out/s, 1],
  ['a port that is not one', ['keys', 'list', '--local', '99999'], /a port, from 1 to 65535/, 2],
  ['a gateway that is not there', ['keys', 'list', nowhere], /No local gateway answers.*\.\/proxy dev/s, 1],
])('%s is said, with what to do and without a stack', async (_, args, text, expected) => {
  const { code, printed, noted } = await proxy(...args);
  expect(noted).toMatch(text);
  expect(noted).toMatch(/^error: /);
  expect(noted).not.toMatch(/^ {4}at /m);
  expect(printed).toBe('');
  expect(code).toBe(expected);
});

test.each([
  ['1', 'http://127.0.0.1:1'],
  ['localhost:1', 'http://localhost:1'],
  ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
])('--local %s names the gateway at %s', async (address, url) => {
  for (const args of [
    ['usage', '--local', address],
    ['--local', address, 'usage'],
    ['usage', `--local=${address}`],
  ]) {
    expect((await proxy(...args)).noted).toContain(`No local gateway answers at ${url}.`);
  }
});

test('--local before a command does not take the command for its URL', async () => {
  const { noted } = await proxy('--local', 'keys', 'list', '--config', 'no.config.ts');
  expect(noted).toMatch(/no\.config\.ts/);
});

test("models are the config's, with their prices and end dates", async () => {
  const { code, printed } = await proxy('models');
  expect(code).toBe(0);
  expect(printed).toMatch(/^ALIAS {2,}MODEL {2,}USD IN {2,}USD OUT {2,}PLANS {2,}LIFECYCLE$/m);
  expect(printed).toMatch(/^titan +amazon\.nova-micro-v1:0 +0\.035 +0\.14 +starter, research +active$/m);
  expect(printed).toMatch(/^llama .* legacy, ends 2027-03-30, in 128d$/m);
});

test('models as JSON have all known facts', async () => {
  const { printed } = await proxy(
    'models',
    '--json',
    '--config',
    join(import.meta.dirname, '../../infra/proxy.config.ts'),
  );
  expect(JSON.parse(printed)).toContainEqual({
    alias: 'nova-pro',
    modelId: 'amazon.nova-pro-v1:0',
    regions: ['us-east-1'],
    through: 'model',
    capabilities: expect.arrayContaining(['images', 'tools', 'stream']),
    contextTokens: 300 * 1024,
    maxOutputTokens: 5000,
    lifecycle: { status: 'active' },
    price: expect.objectContaining({ input: 0.8, output: 3.2 }),
    priceDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    plans: ['research'],
  });
});
