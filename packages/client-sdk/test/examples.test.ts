import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, test } from 'vitest';

const directory = join(import.meta.dirname, '..');
const documents = [
  ...globSync('{*.md,docs/*.md}', { cwd: directory }),
  ...globSync('src/**/*.ts', { cwd: directory, exclude: (path) => /\.test(-d)?\.ts$/.test(path) }),
];

/** The examples of the documents and of the docstrings, by the name of a file beside the source. */
function snippets(): [name: string, code: string][] {
  return documents.flatMap((document) => {
    const text = readFileSync(join(directory, document), 'utf8').replaceAll(/^ +\* ?/gm, '');
    return [...text.matchAll(/^```[jt]s\n(.*?)^```/gms)].map(([, code = ''], index): [string, string] => [
      join(directory, 'src', `${document.replaceAll(/\W/g, '-')}-${index}.example.ts`),
      code,
    ]);
  });
}

/** The programs that are examples. */
function programs(): [name: string, code: string][] {
  return globSync('examples/*.ts', { cwd: directory }).map((path) => [
    join(directory, path),
    readFileSync(join(directory, path), 'utf8'),
  ]);
}

test('every example compiles, as strictly as this package does', () => {
  expect(snippets().length).toBeGreaterThan(20);
  expect(programs().length).toBeGreaterThan(2);
  const files = new Map([...snippets(), ...programs()]);
  const { config } = ts.readConfigFile(join(directory, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, directory);
  const host = ts.createCompilerHost({ ...options });
  const { readFile, fileExists } = host;
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  const paths = {
    '@org/bedrock-client': [join(directory, 'src/index.ts')],
    '@org/bedrock-client/testing': [join(directory, 'src/testing/index.ts')],
  };
  const program = ts.createProgram([...files.keys()], { ...options, paths }, host);
  const faults = [...files.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
  expect(
    faults.map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    ),
  ).toEqual([]);
}, 30_000);

// The others run against the local gateway, from where msw is not found.
test('the example of msw runs, with the built package', async () => {
  const [, code = ''] =
    /^```js\n(.*?)^```/ms.exec(readFileSync(join(directory, 'docs/testing.md'), 'utf8')) ?? [];
  const args = ['--input-type=module', '--eval', code];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: directory });
  expect([stdout, stderr]).toEqual(['Hello.\n', '']);
});
