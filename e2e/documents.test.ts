import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { parseTeamsCsv } from '@org/admin';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsIn } from '../test/compile.ts';
import { startSystem } from './harness.ts';

const repository = join(import.meta.dirname, '..');

const documents = globSync('{*.md,docs/**/*.md,packages/*/*.md,packages/*/*/*.md}', {
  cwd: repository,
  // The package from npm has copies of them.
  exclude: (path) => path.includes('node_modules') || path.startsWith('packages/proxy/docs'),
}).map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }));

const fenced = (language: string) =>
  documents.flatMap(({ path, text }) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
      ([, code = ''], index) => ({
        name: `${path} ${language} ${index + 1}`,
        code,
      }),
    ),
  );

const snippets = fenced('ts');
/** Written to a folder that can import the built client, as an installed client can be. */
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(import.meta.dirname, '.snippets-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const fileOf = (index: number) => join(directory, `${index}.ts`);

test("every snippet compiles in a user's project", async () => {
  await Promise.all(snippets.map(({ code }, index) => writeFile(fileOf(index), code)));
  const faults = await faultsIn(directory, {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      exactOptionalPropertyTypes: true,
    },
  });
  expect(
    faults.map((fault) =>
      fault.replace(/^(\d+)\.ts/, (_, index) => snippets[Number(index)]?.name ?? `snippet ${index}`),
    ),
  ).toEqual([]);
  expect(snippets.length).toBeGreaterThan(0);
});

test('every snippet runs, except those that name another deployment', async () => {
  const { url, keyValue } = await startSystem('shipped');
  const key = keyValue('tollmkey');
  // The variables that `npm start` prints.
  const environment = {
    ...{ BEDROCK_PROXY_URL: url, BEDROCK_PROXY_API_KEY: key },
    ...{ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key },
    ...{ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key },
  };
  const runnable = snippets.map(({ name, code }, index) => ({ name, code, file: fileOf(index) }));
  for (const { name, code, file } of runnable.filter(({ code }) => !code.includes('execute-api'))) {
    await writeFile(file, code);
    const { stderr } = await promisify(execFile)(process.execPath, [file], {
      env: { ...process.env, ...environment },
    });
    expect([name, stderr]).toEqual([name, '']);
  }
}, 120_000);

test("README's curl line works unchanged", async () => {
  const { url, keyValue } = await startSystem('shipped');
  const [curl] = fenced('sh').flatMap(({ code }) => code.match(/^curl (?:.*\\\n)*.*$/m) ?? []);
  const command = curl?.replace('http://127.0.0.1:8787/dev', url).replace(/^curl/, 'curl -sS') ?? '';
  const { stdout } = await promisify(execFile)('sh', ['-c', command], {
    env: { ...process.env, BEDROCK_PROXY_API_KEY: keyValue('tollmkey') },
  });
  expect(JSON.parse(stdout)).toMatchObject({
    model: 'nova-lite',
    text: expect.stringContaining('What is a dystopia'),
  });
});

test('every link to a file of the repository has a target', () => {
  const broken = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => join(dirname(path), target))
      .filter((target) => !existsSync(join(repository, target)))
      .map((target) => `${path} -> ${relative('.', target)}`),
  );
  expect(broken).toEqual([]);
});

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .replaceAll(/[`*]|\[|\]\([^)]*\)/g, '')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

test('every link to a heading has a target', () => {
  const anchors = new Map(
    documents.map(({ path, text }) => [
      path,
      new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))),
    ]),
  );
  const links = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(([, target = '', anchor = '']) => ({
      path,
      target: target === '' ? path : join(dirname(path), target),
      anchor,
    })),
  );
  const broken = links.filter(
    ({ target, anchor }) => anchors.has(target) && !anchors.get(target)?.has(anchor),
  );
  expect(broken).toEqual([]);
  expect(links.length).toBeGreaterThan(0);
});

test('every npm script that a document names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const named = documents.flatMap(({ text }) =>
    [...text.matchAll(/npm (?:run )?(start|test|(?<=run )[\w:-]+)/g)].map(([, name]) => name),
  );
  expect([...new Set(named)].filter((name) => name && !(name in scripts))).toEqual([]);
});

test('each table of teams can be imported', () => {
  const tables = fenced('csv');
  expect(tables.length).toBeGreaterThan(0);
  for (const { name, code } of tables) expect(parseTeamsCsv(code, name).length).toBeGreaterThan(0);
});
