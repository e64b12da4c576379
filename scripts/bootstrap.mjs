// Runs a program of this repository on a machine that has only Node 20 or newer and npm: installs what it needs, at the
// versions of the lockfile, and a newer Node where the machine's own is too old.
//
//   node scripts/bootstrap.mjs run|deploy|all FILE [ARGUMENT ...]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const pathOf = (path) => fileURLToPath(new URL(path, root));
const read = (path) => readFileSync(pathOf(path), 'utf8');
const onWindows = process.platform === 'win32';

/** What there is to install, each with all that is before it: what the proxy and its commands run, deployments, tests. */
const extents = ['run', 'deploy', 'all'];
const [extent, program, ...args] = process.argv.slice(2);

const pinned = read('.node-version').trim();
const needed = majorOf(pinned);
const pinnedNode = pathOf('tools/node/node_modules/.bin/node');

refuseOptionsOfNpm();
const node = prepare();
start(node);

/** npm keeps an option for itself that has no "--" before it, and what was asked for would be forgotten. */
function refuseOptionsOfNpm() {
  const options = ['bedrock', 'config', 'data', 'log', 'once'].filter(
    (name) => process.env[`npm_config_${name}`] !== undefined,
  );
  if (options.length === 0) return;
  const script = process.env.npm_lifecycle_event;
  fail(
    `npm took ${options.map((name) => `--${name}`).join(' and ')} for its own. ` +
      `Put -- before your options: npm ${script === 'start' ? 'start' : `run ${script}`} -- --${options[0]} ...`,
  );
}

/** Installs what is missing. Returns the Node to run with: this one, or where it is too old, the pinned one. */
function prepare() {
  const record = pathOf('node_modules/.installed');
  const wanted = ['pnpm-lock.yaml', 'pnpm-workspace.yaml']
    .reduce((hash, path) => hash.update(read(path)), createHash('sha256'))
    .digest('hex');
  const [installed, before, nodeBefore] = existsSync(record) ? readFileSync(record, 'utf8').split(' ') : [];

  const ownIsTooOld = majorOf(process.versions.node) < needed;
  const more = extents.indexOf(extent) > extents.indexOf(before);
  if (installed !== wanted || more || (ownIsTooOld && nodeBefore !== 'node')) {
    const most = more ? extent : before;
    const withNode = ownIsTooOld || nodeBefore === 'node';
    install(most, withNode);
    writeFileSync(record, [wanted, most, ...(withNode ? ['node'] : [])].join(' '));
  }
  if (!ownIsTooOld) return process.execPath;

  const { stdout, error } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() !== `v${pinned}`) {
    const why = !existsSync(pinnedNode)
      ? `npm has no build of it for ${process.platform} ${process.arch}`
      : `the build of it that npm has does not start here (${error?.code ?? 'it failed'}): it is for Linux with glibc`;
    fail(
      `Node ${needed} or newer is needed, this is ${process.version}, and ${why}. ` +
        `Install Node ${needed}, put it on the PATH, and try again.`,
    );
  }
  return pinnedNode;
}

function install(extent, withNode) {
  const filters = {
    run: ['--prod', '--filter=@org/local...'],
    deploy: ['--prod', '--filter=@org/local...', '--filter=@org/cdk'],
    all: withNode ? [] : ['--filter=!@org/node'],
  };
  const { packageManager } = JSON.parse(read('package.json'));
  const command = [
    ...['npx', '--yes', packageManager, 'install'],
    // The lockfile was made on Linux: elsewhere the binaries of that platform are added to it, and nothing else changes.
    process.platform === 'linux' ? '--frozen-lockfile' : '--fix-lockfile',
    // How old its versions are is checked where they change; here it would fetch 200 MB to say it again.
    '--config.trust-lockfile=true',
    ...filters[extent],
    ...(withNode && extent !== 'all' ? ['--filter=@org/node'] : []),
  ];
  // Standard output is the program's: it may go into a pipe.
  console.error(`Installing what this needs, with ${packageManager} ...`);
  const [file, ...rest] = command;
  const { status, error } = spawnSync(file, rest, {
    cwd: pathOf('.'),
    stdio: ['inherit', 2, 2],
    shell: onWindows,
  });
  if (status !== 0) fail(`The installation failed${error ? `: ${error.message}` : ''}.`);
}

function start(node) {
  const env = {
    // pnpm, run by pnpm, says where pnpm was run; a config is named relative to where npm was.
    INIT_CWD: process.cwd(),
    // Compiled code of the last run. Measurements go without it.
    ...(extent === 'all' ? {} : { NODE_COMPILE_CACHE: pathOf('node_modules/.cache/node') }),
    ...process.env,
    PATH: [pathOf('node_modules/.bin'), dirname(node), process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    CDK_DISABLE_CLI_TELEMETRY: '1',
  };
  const child = spawn(node, ['--conditions=@org/source', pathOf(program), ...args], {
    env,
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child too, which decides when it is done.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
