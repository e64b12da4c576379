// Prepares a machine that has only Node 20 or newer and npm, then runs a command with everything in place: fetches the
// pinned pnpm, installs what the lockfile says, the pinned Node among it, and puts both ahead of PATH.
//
//   node scripts/bootstrap.mjs "turbo run build" [ARGUMENT ...]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

const folders = [
  ...readdirSync(new URL('packages', root)).map((name) => `packages/${name}`),
  'bench',
  'docs-gen',
  'e2e',
];
const manifests = folders
  .map((folder) => `${folder}/package.json`)
  .filter((path) => existsSync(new URL(path, root)));
const installed = new URL('node_modules/.installed', root);
const wanted = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]
  .reduce((hash, path) => hash.update(read(path)), createHash('sha256'))
  .digest('hex');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
  const { packageManager } = JSON.parse(read('package.json'));
  // Standard output is the command's: it may go into a pipe.
  console.error(`Installing with ${packageManager} ...`);
  // The lockfile was made on Linux: elsewhere the binaries of that platform are added to it, and nothing else changes.
  const lockfile = process.platform === 'linux' ? '--frozen-lockfile' : '--fix-lockfile';
  const { status, error } = spawnSync('npx', ['--yes', packageManager, 'install', lockfile], {
    cwd: root,
    stdio: ['inherit', 2, 2],
  });
  if (status !== 0) fail(`The installation failed${error ? `: ${error.message}` : ''}.`);
  writeFileSync(installed, wanted);
}

const env = {
  // pnpm, run by pnpm, says where pnpm was run; a config is named relative to where npm was.
  INIT_CWD: process.cwd(),
  ...process.env,
  PATH: [fileURLToPath(new URL('node_modules/.bin', root)), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  CDK_DISABLE_CLI_TELEMETRY: '1',
};

const needed = Number.parseInt(read('.node-version'), 10);
const found = spawnSync('node --version', { encoding: 'utf8', env, shell: true }).stdout?.trim() ?? '';
if (!(Number.parseInt(found.slice(1), 10) >= needed)) {
  fail(
    `Node ${needed} is needed and "node" is ${found || 'missing'}. No build of Node ${needed} was found on npm for ` +
      `${process.platform} ${process.arch}: install Node ${needed} and try again.`,
  );
}

const [command, ...args] = process.argv.slice(2);
const quoted = args.map((argument) => `'${argument.replaceAll("'", "'\\''")}'`);
const child = spawn([command, ...quoted].join(' '), { cwd: root, env, stdio: 'inherit', shell: true });
// Ctrl-C reaches the child too, which decides when it is done.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));

function fail(message) {
  console.error(message);
  process.exit(1);
}
