import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { loadProxyConfig } from '@org/infra/config';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { type InitOptions, init } from './init.ts';

const manifest = '{\n  "devDependencies": {\n    "@org/bedrock-proxy": "^1.0.0"\n  }\n}\n';

let folder: string;
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
/** All files, and what an interrupted run might leave. */
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !file.startsWith('node_modules'))
    .toSorted();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vi.stubEnv('AWS_REGION', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  // As `npm install --save-dev @org/bedrock-proxy` leaves an empty folder.
  write(
    'node_modules/@org/bedrock-proxy/package.json',
    '{ "type": "module", "exports": { ".": "./index.js", "./package.json": "./package.json" } }',
  );
  write('node_modules/@org/bedrock-proxy/index.js', 'export const defineProxyConfig = (config) => config;');
  write('package.json', manifest);
});

/** A user who answers each question by its first words; a question without an answer here is left with Ctrl-C. */
function user(
  typed: Readonly<Record<string, string | readonly string[]>>,
): Terminal & { readonly faults: string[] } {
  const faults: string[] = [];
  const answerTo = (question: string) =>
    Object.entries(typed).find(([start]) => question.startsWith(start))?.[1];
  return {
    ...recordingTerminal(),
    faults,
    async ask(question, { initial = '', faultOf } = {}) {
      for (const text of [answerTo(question) ?? []].flat()) {
        const answer = text === '' ? initial : text;
        const fault = faultOf?.(answer);
        if (fault === undefined) return answer;
        faults.push(fault);
      }
      return undefined;
    },
    async confirm(question) {
      if (answerTo(question) !== 'yes') throw new CliError('Nothing was changed.', '');
    },
  };
}

const run = (options: Partial<InitOptions> = {}, terminal: Terminal = recordingTerminal()) =>
  init(folder, { given: {}, yes: false, ...options }, terminal);

const all = ['.github/workflows/proxy.yml', '.gitignore', 'package.json', 'proxy.config.ts'];

test('with --yes, a config is written that works, with scripts, a workflow and what git ignores', async () => {
  expect(await run({ yes: true })).toEqual({
    written: ['proxy.config.ts', 'package.json', '.github/workflows/proxy.yml', '.gitignore'],
    kept: [],
  });
  expect(files()).toEqual(all);
  expect(await loadProxyConfig(join(folder, 'proxy.config.ts'))).toMatchObject({
    name: basename(folder).toLowerCase(),
    region: 'us-east-1',
    plans: { starter: { limits: { usd: { month: 50 } } } },
    teams: { developers: { plan: 'starter' } },
  });
  expect(JSON.parse(read('package.json'))).toMatchObject({
    type: 'module',
    devDependencies: { '@org/bedrock-proxy': '^1.0.0' },
    scripts: { 'proxy:dev': 'proxy dev' },
  });
  expect(read('.gitignore')).toBe('node_modules/\ncdk.out/\n.data/\n');
  expect(read('.github/workflows/proxy.yml')).not.toMatch(/secrets\.|working-directory/);
});

const flags = {
  name: 'acme-llm',
  region: 'eu-central-1',
  team: 'search',
  budget: 200,
  models: ['nova-lite'],
};

test('what options give is not asked', async () => {
  await run({ given: flags });
  expect(await loadProxyConfig(join(folder, 'proxy.config.ts'))).toMatchObject({
    ...{ name: 'acme-llm', region: 'eu-central-1' },
    plans: { starter: { models: ['nova-lite'], limits: { usd: { month: 200 } } } },
    teams: { search: { keys: [{ name: 'search-key' }] } },
  });
});

test('the user is asked for each answer, with its default, and again if it cannot be', async () => {
  const terminal = user({
    Name: ['My Proxy', 'my-proxy'],
    AWS: 'eu-central-1',
    First: 'search',
    'The team': ['much', '12.5'],
    Models: ['lama', 'nova-pro, nova-lite'],
  });
  await run({}, terminal);
  expect(terminal.faults).toEqual([
    expect.stringMatching(/lower-case/),
    expect.stringMatching(/number/),
    expect.stringMatching(/^models\.0: .*did you mean "llama"/),
  ]);
  expect(await loadProxyConfig(join(folder, 'proxy.config.ts'))).toMatchObject({
    ...{ name: 'my-proxy', region: 'eu-central-1' },
    plans: { starter: { models: ['nova-pro', 'nova-lite'], limits: { usd: { month: 12.5 } } } },
  });
});

test.each(['Name', 'AWS', 'First', 'The team', 'Models'])(
  'a user who leaves at the question "%s ..." finds nothing written',
  async (left) => {
    const answers = { Name: '', AWS: '', First: '', 'The team': '', Models: '' };
    const until = Object.entries(answers).slice(0, Object.keys(answers).indexOf(left));
    await expect(run({}, user(Object.fromEntries(until)))).rejects.toThrow('Nothing was written.');
    expect(files()).toEqual(['package.json']);
    expect(read('package.json')).not.toContain('scripts');
  },
);

test('if one file cannot be written, none is', async () => {
  write('.github', 'a file where the folder should be');
  await expect(run({ yes: true })).rejects.toMatchObject({ code: expect.stringMatching(/EEXIST|ENOTDIR/) });
  expect(files()).toEqual(['.github', 'package.json']);
  expect(read('package.json')).not.toContain('scripts');
});

test('wherever a run is killed, the next one completes the folder, and says what it wrote and what was there', async () => {
  const { mkdir, writeFile, rename, rm } = fs;
  const texts = () => Object.fromEntries(files().map((file) => [file, read(file)]));
  await run({ yes: true });
  const complete = texts();
  const killedAt: number[] = [];
  for (let killed = true, at = 0; killed; at += 1) {
    for (const file of all) rmSync(join(folder, file), { force: true });
    rmSync(join(folder, '.github'), { recursive: true, force: true });
    write('package.json', manifest);
    let done = 0;
    killed = false;
    const step = <Result>(work: () => Result): Result => {
      killed ||= done >= at;
      done += 1;
      if (killed) throw new Error('killed');
      return work();
    };
    const spies = [
      vi.spyOn(fs, 'mkdir').mockImplementation(async (...args) => step(() => mkdir(...args))),
      vi.spyOn(fs, 'writeFile').mockImplementation(async (...args) => step(() => writeFile(...args))),
      vi.spyOn(fs, 'rename').mockImplementation(async (...args) => step(() => rename(...args))),
      vi.spyOn(fs, 'rm').mockImplementation(async (...args) => step(() => rm(...args))),
    ];
    await run({ yes: true }).catch(() => {});
    for (const spy of spies) spy.mockRestore();
    const before = files();
    const { written, kept } = await run({ yes: true });
    expect(texts()).toEqual(complete);
    expect([...written, ...kept].toSorted()).toEqual(all);
    expect(written.filter((file) => before.includes(file) && file !== 'package.json')).toEqual([]);
    if (killed) killedAt.push(at);
  }
  // A folder, a text and a place for each file.
  expect(killedAt.length).toBeGreaterThanOrEqual(3 * all.length);
});

test('the workflow for a config that stays is for its Region', async () => {
  await run({ given: flags });
  const workflow = read('.github/workflows/proxy.yml');
  rmSync(join(folder, '.github'), { recursive: true });
  expect(await run({ yes: true })).toMatchObject({ written: ['.github/workflows/proxy.yml'] });
  expect(read('.github/workflows/proxy.yml')).toBe(workflow);
});

test('a wrong option is said, and nothing is written', async () => {
  await expect(run({ given: { budget: -1 }, yes: true })).rejects.toMatchObject({
    message: expect.stringMatching(/must be 0 or more\.$/),
    advice: expect.stringContaining('--budget'),
  });
  expect(files()).toEqual(['package.json']);
});

test('without a terminal, the options are named', async () => {
  await expect(run({ given: { name: 'acme' } })).rejects.toMatchObject({
    advice: expect.stringMatching(/--yes.*--models/),
  });
  expect(files()).toEqual(['package.json']);
});

test('a file that is there is replaced only after a yes, and kept with --yes', async () => {
  await run({ given: flags });
  const mine = `${read('proxy.config.ts')}// mine\n`;
  write('proxy.config.ts', mine);
  expect(await run({ yes: true })).toEqual({
    written: [],
    kept: ['proxy.config.ts', 'package.json', '.github/workflows/proxy.yml', '.gitignore'],
  });
  await run({ given: flags }, user({}));
  expect(read('proxy.config.ts')).toBe(mine);
  await run({ given: { ...flags, name: 'other' } }, user({ 'Replace proxy.config.ts?': 'yes' }));
  expect(await loadProxyConfig(join(folder, 'proxy.config.ts'))).toMatchObject({ name: 'other' });
});

test('scripts, lines and fields that are there stay, and so does their form', async () => {
  write('package.json', '{\n\t"name": "app",\n\t"main": "x.js",\n\t"scripts": { "proxy:dev": "mine" }\n}\n');
  write('.gitignore', 'cdk.out\n*.log');
  await run({ yes: true });
  expect(read('package.json')).toMatch(
    /^{\n\t"name": "app",\n\t"main": "x.js",\n\t"scripts": {\n\t\t"proxy:dev": "mine"/,
  );
  expect(read('package.json')).not.toContain('"type"');
  expect(read('.gitignore')).toBe('cdk.out\n*.log\nnode_modules/\n.data/\n');
});

test('in a package of CommonJS, the config is a module by its name', async () => {
  write('package.json', '{ "name": "app", "type": "commonjs" }');
  await run({ yes: true });
  expect(files()).toContain('proxy.config.mts');
  const loader = `import(${JSON.stringify(join(folder, 'proxy.config.mts'))}).then(({ default: { region } }) => console.log(region));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--eval', loader]);
  expect([stdout, stderr]).toEqual(['us-east-1\n', '']);
});

test('in a folder of a repository, the workflow is written where GitHub looks, and works in that folder', async () => {
  const root = folder;
  mkdirSync(join(root, '.git'));
  folder = join(root, 'infra/llm');
  write('package.json', '{}');
  const { written } = await run({ yes: true });
  expect(written).toContain('../../.github/workflows/proxy.yml');
  const workflow = readFileSync(join(root, '.github/workflows/proxy.yml'), 'utf8');
  expect(workflow).toContain('working-directory: "infra/llm"');
  expect(workflow).toContain('--template "$GITHUB_WORKSPACE/base/infra/llm/cdk.out"');
  folder = root;
});

test('the package must be installed, because the config imports it', async () => {
  rmSync(join(folder, 'node_modules'), { recursive: true });
  await expect(run({ yes: true })).rejects.toMatchObject({
    advice: 'Install it first: npm install --save-dev @org/bedrock-proxy',
  });
  expect(existsSync(join(folder, 'proxy.config.ts'))).toBe(false);
});
