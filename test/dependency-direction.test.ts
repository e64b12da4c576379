import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf as importsOfFile, sourceFiles } from './module-graph.ts';

/**
 * Who may import whom, and nothing else: contract + models <- lambda and client-sdk, all of these <- infra.
 * Only what runs the whole system, infra's end-to-end tests and its local start, uses the client.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  models: [],
  lambda: ['@org/contract', '@org/models'],
  'client-sdk': ['@org/contract', '@org/models'],
  infra: ['@org/contract', '@org/models', '@org/lambda', '@org/bedrock-client'],
};

const mayUseClient = ['e2e/', 'local/start.ts'];

/** Of a package, with files relative to it. */
function importsOf(name: string): { readonly file: string; readonly target: string }[] {
  const directory = join('packages', name);
  return sourceFiles(directory)
    .flatMap(importsOfFile)
    .map(({ file, target }) => ({ file: relative(directory, file), target }));
}

/** The client's examples use it as whoever installs it. */
const isUserOfClient = (name: string, file: string, target: string) =>
  name === 'client-sdk' && file.startsWith('examples/') && target === '@org/bedrock-client';

const packageOf = (target: string) => target.split('/').slice(0, 2).join('/');

test('the rules cover every package', () => {
  expect(globSync('*', { cwd: 'packages' }).sort()).toEqual(Object.keys(allowed).sort());
});

test.each(Object.entries(allowed))('%s imports no package of ours but %j', (name, packages) => {
  const ours = importsOf(name).filter(
    ({ file, target }) => target.startsWith('@org/') && !isUserOfClient(name, file, target),
  );
  expect(ours.filter(({ target }) => !packages.includes(packageOf(target)))).toEqual([]);
});

test.each(Object.keys(allowed))('%s never reaches into another package by a path', (name) => {
  const outside = importsOf(name).filter(({ file, target }) => {
    if (!target.startsWith('.')) return false;
    return join(name, file, '..', target).split('/')[0] !== name;
  });
  expect(outside).toEqual([]);
});

test.each(Object.entries(allowed))(
  'the manifest of %s declares no package of ours but %j',
  (name, packages) => {
    const manifest = JSON.parse(readFileSync(join('packages', name, 'package.json'), 'utf8'));
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

test('the published client has no dependency at run time', () => {
  const manifest = JSON.parse(readFileSync('packages/client-sdk/package.json', 'utf8'));
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(manifest.peerDependencies ?? {}).toEqual({});
});

test('only end-to-end tests and the local start use the client', () => {
  const users = importsOf('infra').filter(({ target }) => packageOf(target) === '@org/bedrock-client');
  expect(users.filter(({ file }) => !mayUseClient.some((place) => file.startsWith(place)))).toEqual([]);
  expect(users.length).toBeGreaterThan(0);
});

test.each(['contract', 'models'])('%s does no input or output and knows no AWS SDK', (name) => {
  const foreign = importsOf(name).filter(
    ({ file, target }) => !/\.test(-d)?\.ts$/.test(file) && !target.startsWith('.') && target !== 'zod/mini',
  );
  expect(foreign).toEqual([]);
});
