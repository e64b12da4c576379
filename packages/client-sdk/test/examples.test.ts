import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { faultsIn } from '../../../test/compile.ts';

const directory = join(import.meta.dirname, '..');
const documents = [
  ...globSync('{*.md,docs/*.md}', { cwd: directory }),
  ...globSync('src/**/*.ts', { cwd: directory, exclude: (path) => /\.test(-d)?\.ts$/.test(path) }),
];

/** The examples of the documents and of the docstrings, by the name of a file. */
function snippets(): [name: string, code: string][] {
  return documents.flatMap((document) => {
    const text = readFileSync(join(directory, document), 'utf8').replaceAll(/^ +\* ?/gm, '');
    return [...text.matchAll(/^```[jt]s\n(.*?)^```/gms)].map(([, code = ''], index): [string, string] => [
      `${document.replaceAll(/\W/g, '-')}-${index}.ts`,
      code,
    ]);
  });
}

/** The programs that are examples. */
function programs(): [name: string, code: string][] {
  return globSync('examples/*.ts', { cwd: directory }).map((path) => [
    basename(path),
    readFileSync(join(directory, path), 'utf8'),
  ]);
}

test('every example compiles, as strictly as this package does', async () => {
  expect(snippets().length).toBeGreaterThan(20);
  expect(programs().length).toBeGreaterThan(2);
  const folder = await mkdtemp(join(directory, '.snippets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await Promise.all(
    [...snippets(), ...programs()].map(([name, code]) => writeFile(join(folder, name), code)),
  );
  const paths = {
    '@org/bedrock-client': ['../src/index.ts'],
    '@org/bedrock-client/testing': ['../src/testing/index.ts'],
  };
  expect(
    await faultsIn(folder, {
      extends: '../tsconfig.json',
      compilerOptions: { paths },
      include: ['*.ts'],
    }),
  ).toEqual([]);
});

// The others run against the local gateway, from where msw is not found.
test('the example of msw runs, with the built package', async () => {
  const [, code = ''] =
    /^```js\n(.*?)^```/ms.exec(readFileSync(join(directory, 'docs/testing.md'), 'utf8')) ?? [];
  const args = ['--input-type=module', '--eval', code];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: directory });
  expect([stdout, stderr]).toEqual(['Hello.\n', '']);
});
