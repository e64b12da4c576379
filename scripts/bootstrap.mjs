// Prepares a machine that has only Node 20 or newer and npm: fetches the pinned pnpm, installs what the lockfile
// says, the pinned Node among it. `npm start` and `npm test` run this first; npm puts node_modules/.bin ahead of
// PATH, so what they run after it finds that Node and every tool there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

const manifests = readdirSync(new URL('packages', root))
  .map((name) => `packages/${name}/package.json`)
  .filter((path) => existsSync(new URL(path, root)));
const installed = new URL('node_modules/.installed', root);
const wanted = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]
  .reduce((hash, path) => hash.update(read(path)), createHash('sha256'))
  .digest('hex');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
  const { packageManager } = JSON.parse(read('package.json'));
  console.log(`Installing with ${packageManager} ...`);
  run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile']);
  writeFileSync(installed, wanted);
}

const needed = Number.parseInt(read('.node-version'), 10);
const found = spawnSync('node', ['--version'], { encoding: 'utf8', shell: true }).stdout?.trim() ?? '';
if (Number.parseInt(found.slice(1), 10) < needed) {
  fail(
    `Node ${needed} is needed and "node" is ${found || 'missing'}. No build of Node ${needed} was found on npm for ` +
      `${process.platform} ${process.arch}: install Node ${needed} and try again.`,
  );
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
