import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const directory = join(import.meta.dirname, '..');
const documents = [
  'README.md',
  ...globSync('src/**/*.ts', { cwd: directory, exclude: (path) => /\.test(-d)?\.ts$/.test(path) }),
];

/** The examples of the README and of the docstrings, by the name of a file beside the source. */
function examples(): Map<string, string> {
  const found = documents.flatMap((document) => {
    const text = readFileSync(join(directory, document), 'utf8').replaceAll(/^ +\* ?/gm, '');
    return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ''], index): [string, string] => [
      join(directory, 'src', `${document.replaceAll(/\W/g, '-')}-${index}.example.ts`),
      code,
    ]);
  });
  return new Map(found);
}

test('every example compiles, as strictly as this package does', () => {
  const files = examples();
  expect(files.size).toBeGreaterThan(20);
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
