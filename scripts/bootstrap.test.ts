import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../test/run-program.ts';

const root = join(import.meta.dirname, '..');
const own = Number.parseInt(process.versions.node, 10);

/** A clone that nothing is installed in, on a machine whose `npx` notes what it is asked. */
let clone: string;
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(clone, file)), { recursive: true });
  writeFileSync(join(clone, file), text);
  chmodSync(join(clone, file), 0o755);
};

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'bootstrap-'));
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  for (const file of ['scripts/bootstrap.mjs', 'proxy', 'package.json'])
    cpSync(join(root, file), join(clone, file));
  write('.node-version', `${own}.0.0\n`);
  write('pnpm-lock.yaml', 'lockfileVersion: 1');
  write('pnpm-workspace.yaml', 'packages: []');
  write(
    'program.ts',
    'console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.INIT_CWD]));',
  );
  write('packages/cli/src/index.ts', 'console.log(JSON.stringify([process.argv.slice(2), process.cwd()]));');
  write('machine/npx', `#!/bin/sh\necho "$*" >> '${clone}/asked'\nmkdir -p '${clone}/node_modules/.bin'\n`);
  symlinkSync(process.execPath, join(clone, 'machine/node'));
});

/** What npx is to install, of each time that it was asked. */
const asked = () =>
  readFileSync(join(clone, 'asked'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => [...line.matchAll(/--prod|--filter=(\S+)/g)].map(([option, name]) => name ?? option));

const run = (file: string, args: readonly string[], options: { cwd?: string; env?: object } = {}) =>
  runProgram(file, args, {
    cwd: options.cwd ?? clone,
    env: { PATH: [join(clone, 'machine'), '/usr/bin', '/bin'].join(delimiter), ...options.env },
  });

const bootstrap = (extent: string, ...args: string[]) =>
  run('node', ['scripts/bootstrap.mjs', extent, 'program.ts', ...args]);

test('what runs the proxy is installed once, what deploys or tests it when that is wanted, and stays', async () => {
  await bootstrap('run');
  await bootstrap('run');
  await bootstrap('deploy');
  await bootstrap('run');
  await bootstrap('all');
  await bootstrap('deploy');
  write('pnpm-lock.yaml', 'lockfileVersion: 2');
  await bootstrap('run');
  expect(asked()).toEqual([
    ['--prod', '@org/local...'],
    ['--prod', '@org/local...', '@org/cdk'],
    ['!@org/node'],
    ['!@org/node'],
  ]);
});

test('the pinned pnpm installs what the lockfile says; only binaries of another platform are added to it', async () => {
  await bootstrap('run');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const option = process.platform === 'linux' ? '--frozen-lockfile' : '--fix-lockfile';
  expect(readFileSync(join(clone, 'asked'), 'utf8')).toMatch(`--yes ${packageManager} install ${option} `);
});

test('the program gets its arguments as they were typed, and standard output for itself', async () => {
  const args = ['--once', "it's", 'two words', '$HOME', '%PATH%', '"quoted"', ''];
  const { code, stdout, stderr } = await bootstrap('run', ...args);
  expect(JSON.parse(stdout)).toEqual([args, clone, clone]);
  expect(stderr).toMatch(/^Installing what this needs/);
  expect(code).toBe(0);
});

test('a command starts faster the next time, with the code that Node has compiled', async () => {
  await bootstrap('run');
  expect(readdirSync(join(clone, 'node_modules/.cache/node'))).not.toEqual([]);
});

test('./proxy runs a command wherever it is called, options that npm has too among them', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  const args = ['teams', 'delete', 'people', '--local', '--yes'];
  const { stdout } = await run(join(clone, 'proxy'), args, { cwd: elsewhere });
  expect(JSON.parse(stdout)).toEqual([args, elsewhere]);
});

test('where the Node of the machine is too old, the pinned one is installed and runs the program', async () => {
  write('.node-version', '99.0.0');
  write(
    'machine/npx',
    `#!/bin/sh
echo "$*" >> '${clone}/asked'
mkdir -p '${clone}/node_modules/.bin' '${clone}/tools/node/node_modules/.bin'
printf '#!/bin/sh\\nif [ "$1" = --version ]; then echo v99.0.0; else echo pinned; fi' > '${clone}/tools/node/node_modules/.bin/node'
chmod +x '${clone}/tools/node/node_modules/.bin/node'
`,
  );
  expect(await bootstrap('run')).toMatchObject({ code: 0, stdout: 'pinned\n' });
  expect(await bootstrap('all')).toMatchObject({ code: 0, stdout: 'pinned\n' });
  expect(asked()).toEqual([['--prod', '@org/local...', '@org/node'], []]);
});

test.each([
  [
    'does not start',
    '#!/nowhere/ld-linux.so.2',
    /does not start here \(ENOENT\): it is for Linux with glibc/,
  ],
  ['is not to be had', undefined, /npm has no build of it for \w+ \w+/],
])('a pinned Node that %s is said so, with the way out', async (_, binary, reason) => {
  write('.node-version', '99.0.0');
  if (binary !== undefined) write('tools/node/node_modules/.bin/node', binary);
  const { code, stdout, stderr } = await bootstrap('run');
  expect(stderr).toMatch(reason);
  expect(stderr).toMatch(
    /Node 99 or newer is needed, this is v\d+.*Install Node 99, put it on the PATH, and try again\./,
  );
  expect(stderr).not.toContain('    at ');
  expect(stdout).toBe('');
  expect(code).toBe(1);
});

test('an option that npm took for its own stops it, with what to type', async () => {
  const env = { npm_config_once: 'true', npm_config_data: 'true', npm_lifecycle_event: 'start' };
  const { code, stdout, stderr } = await run('node', ['scripts/bootstrap.mjs', 'run', 'program.ts'], { env });
  expect(stderr).toBe(
    'npm took --data and --once for its own. Put -- before your options: npm start -- --data ...\n',
  );
  expect(stdout).toBe('');
  expect(code).toBe(1);
});

test('an installation that fails stops it', async () => {
  write('machine/npx', '#!/bin/sh\nexit 7\n');
  const { code, stdout, stderr } = await bootstrap('run');
  expect(stderr).toMatch(/The installation failed\.$/m);
  expect(stdout).toBe('');
  expect(code).toBe(1);
});
