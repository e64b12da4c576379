import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const tools = join(root, 'node_modules/.bin');

/** A clone without installed packages. */
const clone = mkdtempSync(join(tmpdir(), 'rename-scope-'));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
    cwd: clone,
    encoding: 'utf8',
  });
const read = (file: string) => readFileSync(join(clone, file), 'utf8');
/** Built from parts, because this file is part of the clone, and a scope that is in use is refused. */
const [zeta, beta, gamma] = ['zeta-home', 'beta', 'gamma'].map((name) => `@${name}`) as [
  string,
  string,
  string,
];
const scopeNow = () => JSON.parse(read('packages/client-sdk/package.json')).name.split('/')[0];

beforeAll(() => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  // git still lists files that were deleted without a commit.
  const existing = files.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  for (const file of new Set(existing)) {
    cpSync(join(root, file), join(clone, file), { force: true });
  }
  git('init', '--quiet');
  commit();
}, 30_000);
afterAll(() => rmSync(clone, { recursive: true, force: true }));

function commit() {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Change');
}

async function rename(...args: string[]) {
  const env = { ...process.env, PATH: [tools, process.env['PATH']].join(delimiter) };
  const command = promisify(execFile)(process.execPath, ['scripts/rename-scope.ts', ...args], {
    cwd: clone,
    env,
  });
  return command.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  );
}

test('a dry run says what would change, and changes nothing', async () => {
  const { code, said } = await rename(zeta, '--dry-run');
  expect(said).toMatch(/^ +\d+ {2}packages\/client-sdk\/package\.json$/m);
  expect(said).toMatch(/would become \S+ \d+ places in \d+ files/);
  expect(code).toBe(0);
  expect(git('status', '--porcelain')).toBe('');
});

test('every tracked file is renamed and formatted, and the packages install from the same lockfile', async () => {
  const old = scopeNow();
  expect(await rename(zeta)).toEqual({ code: 0, said: expect.stringContaining('npm test') });
  expect(scopeNow()).toBe(zeta);
  const renamed = git('grep', '--count', '--fixed-strings', `${zeta}/contract`).split('\n');
  expect(renamed).toContainEqual(expect.stringMatching(/^pnpm-lock\.yaml:/));
  for (const file of git('ls-files').split('\n').filter(Boolean)) {
    expect([file, new RegExp(`(?<![\\w.-])${old}/`).test(read(file))]).toEqual([file, false]);
  }
  expect(read('pnpm-lock.yaml')).not.toMatch(/zeta-home\.org|registry\.npmjs\.zeta/);
  const install = ['install', '--frozen-lockfile', '--lockfile-only', '--config.trust-lockfile=true'];
  execFileSync(join(tools, 'pnpm'), install, { cwd: clone, stdio: 'pipe' });
  commit();
}, 30_000);

test('a second rename gives the client another name, and leaves untracked files alone', async () => {
  const picture = Buffer.from([0x89, 0x50, 0, ...Buffer.from(`${zeta}/contract`)]);
  writeFileSync(join(clone, 'picture.png'), picture);
  commit();
  writeFileSync(join(clone, 'draft.txt'), `${zeta}/contract`);
  const { code, said } = await rename(beta, '--client', 'asker', '--allow-dirty');
  expect(said).toMatch(`${zeta}/bedrock-client is ${beta}/asker now`);
  expect(code).toBe(0);
  expect(readFileSync(join(clone, 'picture.png'))).toEqual(picture);
  expect(read('draft.txt')).toBe(`${zeta}/contract`);
  expect(read('turbo.json')).toContain(`${beta}/asker#build`);
  expect((await rename(beta, '--client', 'asker', '--allow-dirty')).said).toMatch(/Nothing to do/);
  rmSync(join(clone, 'draft.txt'));
  commit();
}, 30_000);

test.each([
  [[], /Give one scope.*Usage/s],
  [['beta'], /must begin with @/],
  [['@types'], /@types means something else here already, in /],
  [['@see'], /@see means something else here already, in .*\.ts/],
  [[beta, '--client', 'contract'], /already has the name "contract"/],
  [[beta, '--scope'], /Unknown option '--scope'/],
])('%j is refused, and nothing changes', async (args, message) => {
  expect(await rename(...args)).toEqual({ code: 1, said: expect.stringMatching(message) });
  expect(git('status', '--porcelain')).toBe('');
});

test('uncommitted changes stop it, and so does a folder without git', async () => {
  writeFileSync(join(clone, 'draft.txt'), 'draft');
  expect((await rename(gamma)).said).toMatch(/uncommitted changes.*--allow-dirty/);
  rmSync(join(clone, '.git'), { recursive: true });
  expect((await rename(gamma)).said).toMatch(/not a git repository.*git init/);
  expect(globSync('packages/*', { cwd: clone })).not.toEqual([]);
});
