import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedSystems } from '../harness.ts';
import { type PackedClient, packClient } from './packed-client.ts';
import { findNode } from './packed-package.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

let client: PackedClient;
/** The same program as an ES module and as a CommonJS module. */
let program: { readonly 'ask.mts': string; readonly 'ask.cts': string };

beforeAll(async () => {
  client = await packClient();
  const esm = await readFile(join(import.meta.dirname, 'conversation.ts'), 'utf8');
  const cjs = esm
    .replaceAll(/import \* as (\w+) from ('.+');/g, 'import $1 = require($2);')
    .replace('export {', 'export = {');
  program = { 'ask.mts': esm, 'ask.cts': cjs };
}, 30_000);

afterAll(() => client.remove());

describe('the tarball', () => {
  test('has the two entry points in two formats, documents and examples, and nothing else', () => {
    const read = /^(?:docs\/[\w-]+\.md|examples\/[\w-]+\.ts)$/;
    expect(client.files.filter((file) => !read.test(file))).toEqual([
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES.txt',
      'dist/index.cjs',
      'dist/index.d.cts',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/testing/index.cjs',
      'dist/testing/index.d.cts',
      'dist/testing/index.d.ts',
      'dist/testing/index.js',
      'package.json',
    ]);
  });

  test('imports nothing, in its code or its types', async () => {
    const code = client.files.filter((file) => file.startsWith('dist/'));
    for (const file of code) {
      const { importedFiles, referencedFiles, typeReferenceDirectives } = ts.preProcessFile(
        await client.read(file),
        true,
        true,
      );
      expect([file, importedFiles, referencedFiles, typeReferenceDirectives]).toEqual([file, [], [], []]);
    }
  });

  test('has no dependencies and no install scripts', async () => {
    const manifest = JSON.parse(await client.read('package.json'));
    for (const field of [
      'dependencies',
      'optionalDependencies',
      'peerDependencies',
      'bundleDependencies',
      'bundledDependencies',
    ]) {
      expect(manifest).not.toHaveProperty(field);
    }
    expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
    // pnpm has replaced its own fields.
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/);
  });

  test('passes publint', async () => {
    const { messages } = await publint({ pack: { tarball: client.tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test('has correct types for every entry point and every resolution', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(client.tarball));
    if (!analysis.types) throw new Error('The tarball has no types.');
    expect(Object.keys(analysis.entrypoints).sort()).toEqual(['.', './package.json', './testing']);
    expect(analysis.problems).toEqual([]);
  });
});

const shared = sharedSystems();

/** What runs compiled conversations against a deployment, which all tests share. */
async function runnerOfConversations() {
  const { url, keyValue } = await shared('everything');
  const apiKey = keyValue('all-key');
  const heard = async (node: string, args: readonly string[]): Promise<unknown> => {
    const env = { BEDROCK_PROXY_URL: url, BEDROCK_PROXY_API_KEY: apiKey };
    const { stdout } = await run(node, args, { env });
    return JSON.parse(stdout);
  };
  return {
    /** The result of the conversation, run by this Node. */
    run: (node: string, file: string) => heard(node, [join(import.meta.dirname, 'run.ts'), file]),
    runAtTheEdge: (file: string) =>
      heard(process.execPath, [
        '--experimental-vm-modules',
        '--no-warnings',
        join(import.meta.dirname, 'run-at-the-edge.ts'),
        file,
        url,
        apiKey,
      ]),
  };
}

const heard = {
  answered: expect.stringContaining('What is a dystopia?'),
  streamed: expect.stringContaining('What is a utopia?'),
  available: expect.arrayContaining(['llama']),
  mocked: 'Mocked.',
};

describe.each([
  ['5.9', 'typescript-5'],
  ['6.0', 'typescript'],
  ['7.0', 'typescript-7'],
])('TypeScript %s', (version, compiler) => {
  test.each([
    // With the types of Node, as on a server.
    { moduleResolution: 'nodenext', module: 'nodenext', lib: ['es2022'], types: ['node'] },
    // With only the web's types, as at the edge. Bundlers take each file for the format in its name.
    { moduleResolution: 'bundler', module: 'preserve', lib: ['es2022', 'dom'], types: [] },
  ])(
    'checks the program, and its output gets answers: $moduleResolution, ESM and CommonJS',
    async (options) => {
      const manifest = require.resolve(`${compiler}/package.json`);
      expect(require(manifest).version).toMatch(`${version}.`);
      const tsc = join(dirname(manifest), 'bin/tsc');
      const compilerOptions = {
        ...options,
        target: 'es2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        // Every declaration file except the compiler's own.
        skipLibCheck: false,
        skipDefaultLibCheck: true,
        rootDir: '.',
        outDir: 'emitted',
      };
      const config = JSON.stringify({ compilerOptions, files: Object.keys(program) });
      const project = await client.project({ ...program, 'tsconfig.json': config });

      const [, conversations] = await Promise.all([
        run(process.execPath, [tsc, '-p', project]).catch(({ stdout }) => expect(stdout).toBe('')),
        runnerOfConversations(),
      ]);
      for (const file of ['ask.mjs', 'ask.cjs']) {
        expect(await conversations.run(process.execPath, join(project, 'emitted', file))).toEqual(heard);
      }
    },
    60_000,
  );
});

/** A project without TypeScript. */
function plainProject(): Promise<string> {
  const plain = (file: keyof typeof program, module: ts.ModuleKind) =>
    ts.transpileModule(program[file], { compilerOptions: { target: ts.ScriptTarget.ES2022, module } })
      .outputText;
  return client.project({
    'ask.mjs': plain('ask.mts', ts.ModuleKind.ESNext),
    'ask.cjs': plain('ask.cts', ts.ModuleKind.CommonJS),
  });
}

test.for([22, 24, 26])('Node %d runs the ES module and the CommonJS module', async (major, { skip }) => {
  const node = findNode(major);
  if (!node) return skip(`npm has installed no Node ${major} for ${process.platform} ${process.arch}.`);
  expect((await run(node, ['--version'])).stdout).toMatch(`v${major}.`);
  const [conversations, project] = await Promise.all([runnerOfConversations(), plainProject()]);
  for (const file of ['ask.mjs', 'ask.cjs']) {
    expect(await conversations.run(node, join(project, file))).toEqual(heard);
  }
});

test("an edge runtime, which has only the web's globals, runs the ES module", async () => {
  const conversations = await runnerOfConversations();
  expect(await conversations.runAtTheEdge(join(await plainProject(), 'ask.mjs'))).toEqual(heard);
});
