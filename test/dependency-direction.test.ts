import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf as importsOfFile, isTest, packageFolders, sourceFiles } from './module-graph.ts';

const functions = ['@org/contract', '@org/models', '@org/table', '@org/lambda'];
const deploying = [...functions, '@org/installation'];

/** The only imports that each package may have. Deployed and deploying packages may not import the simulators. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/contract': [],
  'packages/models': [],
  'packages/table': ['@org/contract'],
  'packages/lambda': ['@org/contract', '@org/models', '@org/table'],
  'packages/client-sdk': ['@org/contract', '@org/models'],
  'packages/installation': ['@org/lambda'],
  'packages/infra': deploying,
  'packages/admin': [...deploying, '@org/infra'],
  'packages/console': [...deploying, '@org/infra', '@org/admin'],
  'packages/cli': [...deploying, '@org/infra', '@org/admin', '@org/console'],
  'packages/local': [...deploying, '@org/infra', '@org/admin', '@org/console', '@org/cli'],
  'packages/proxy': [...deploying, '@org/infra', '@org/console', '@org/cli', '@org/local'],
  e2e: [
    ...[...deploying, '@org/infra', '@org/admin', '@org/console', '@org/cli', '@org/local'],
    ...['@org/bedrock-client', '@org/bedrock-proxy'],
  ],
  'docs-gen': [...functions, '@org/infra', '@org/bedrock-client', '@org/e2e'],
  bench: [...functions, '@org/infra', '@org/admin', '@org/local', '@org/bedrock-client'],
};

/** Packages that only some files of a package may import. */
const reserved: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'packages/local': {
    // They print the next commands.
    '@org/cli': ['src/start.ts', 'src/welcome.ts'],
  },
};

/** A package's imports, with files relative to it. */
function importsOf(folder: string): { readonly file: string; readonly target: string }[] {
  return sourceFiles(folder)
    .flatMap(importsOfFile)
    .map(({ file, target }) => ({ file: relative(folder, file), target }));
}

/** The client's examples import it as its users do. */
const isUserOfClient = (folder: string, file: string, target: string) =>
  folder === 'packages/client-sdk' && file.startsWith('examples/') && target === '@org/bedrock-client';

const packageOf = (target: string) => target.split('/').slice(0, 2).join('/');

test('the rules cover every package', () => {
  expect(packageFolders().toSorted()).toEqual(Object.keys(allowed).toSorted());
});

test.each(Object.entries(allowed))('%s imports no package of ours but %j', (folder, packages) => {
  const ours = importsOf(folder).filter(
    ({ file, target }) => target.startsWith('@org/') && !isUserOfClient(folder, file, target),
  );
  expect(ours.filter(({ target }) => !packages.includes(packageOf(target)))).toEqual([]);
});

test.each(Object.entries(reserved))('%s imports some packages only in some files: %j', (folder, files) => {
  const imports = importsOf(folder);
  for (const [name, only] of Object.entries(files)) {
    const users = imports.filter(({ target }) => packageOf(target) === name).map(({ file }) => file);
    expect([...new Set(users)].toSorted()).toEqual(only.toSorted());
  }
});

/** What another folder uses by its path: helpers of tests and of builds. */
const sharedFiles: Readonly<Record<string, object[]>> = {
  'packages/client-sdk': [
    { file: 'test/examples.test.ts', path: 'test/compile.ts' },
    { file: 'tsup.config.ts', path: 'scripts/declarations.ts' },
  ],
  'packages/lambda': [{ file: 'src/ledger/race.test.ts', path: 'test/helper-process.ts' }],
  'packages/proxy': [{ file: 'tsup.config.ts', path: 'scripts/declarations.ts' }],
  'docs-gen': [{ file: 'licenses/shipped.ts', path: 'test/module-graph.ts' }],
  e2e: [
    { file: 'console/command.test.ts', path: 'test/run-program.ts' },
    { file: 'documents.test.ts', path: 'test/compile.ts' },
    { file: 'packed/packed-proxy.test.ts', path: 'test/compile.ts' },
    { file: 'packed/packed-proxy.ts', path: 'test/run-program.ts' },
    { file: 'soak/run.ts', path: 'test/helper-process.ts' },
    { file: 'start.test.ts', path: 'test/run-program.ts' },
  ],
  bench: [
    'backends/backends.ts',
    'client/clients.ts',
    'gateways/gateways.ts',
    'gateways/load-generator.ts',
    'gateways/subjects.ts',
  ].map((file) => ({ file, path: 'test/helper-process.ts' })),
};

test.each(Object.keys(allowed))('%s never reaches into another package by a path', (folder) => {
  const outside = importsOf(folder)
    .filter(({ target }) => target.startsWith('.'))
    .map(({ file, target }) => ({ file, path: join(folder, file, '..', target) }))
    .filter(({ path }) => !path.startsWith(`${folder}/`));
  expect(outside).toEqual(sharedFiles[folder] ?? []);
});

test.each(Object.entries(allowed))(
  'the manifest of %s declares no package of ours but %j',
  (folder, packages) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const declared = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.peerDependencies,
    });
    expect(
      declared.filter((dependency) => dependency.startsWith('@org/') && !packages.includes(dependency)),
    ).toEqual([]);
  },
);

test('the deployment depends on the CDK and a config, and on no simulator or command line', () => {
  const { dependencies } = JSON.parse(readFileSync('packages/infra/package.json', 'utf8'));
  const foreign = Object.keys(dependencies).filter((name) => !name.startsWith('@org/'));
  expect(foreign).toEqual(['aws-cdk-lib', 'cdk-nag', 'constructs', 'zod']);
});

test('the published client has no dependency at run time', () => {
  const manifest = JSON.parse(readFileSync('packages/client-sdk/package.json', 'utf8'));
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(manifest.peerDependencies ?? {}).toEqual({});
});

test.each(['contract', 'models'])('%s does no input or output and uses no AWS SDK', (name) => {
  const foreign = importsOf(`packages/${name}`).filter(
    ({ file, target }) => !/\.test(-d)?\.ts$/.test(file) && !target.startsWith('.') && target !== 'zod/mini',
  );
  expect(foreign).toEqual([]);
});

test('admin does not mention a command line, so that a console can use it too', () => {
  const words = /process\.argv|INIT_CWD|npm (?:run|start)|[\s'"`]--[a-z]/;
  const sources = sourceFiles('packages/admin/src').filter((file) => !isTest(file));
  expect(sources.filter((file) => words.test(readFileSync(file, 'utf8')))).toEqual([]);
  const { dependencies } = JSON.parse(readFileSync('packages/admin/package.json', 'utf8'));
  expect(
    Object.keys(dependencies).filter((name) => !/^@(?:aws-sdk|smithy|org)\/|^(?:zod|csv-parse)$/.test(name)),
  ).toEqual([]);
});
