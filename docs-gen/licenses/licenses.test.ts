import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectCommitted } from '../committed.ts';
import { table } from '../table.ts';
import { allowedLicenses, isAllowed } from './allowed.ts';
import type { InstalledPackage } from './installed-package.ts';
import { notices } from './notices.ts';
import { bundledInto, installedWith } from './shipped.ts';

const nameOf = (directory: string): string =>
  JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')).name;

const client = bundledInto('packages/client-sdk', ['src/index.ts', 'src/testing/index.ts']);
const functions = bundledInto('packages/lambda', [
  'src/index.ts',
  'src/authorizer/index.ts',
  'src/authorizer/keys-only.ts',
]);
const page = bundledInto('packages/console', ['src/page/main.tsx']);
const commandLine = installedWith('packages/cli', 'packages/local', 'tools/cdk');

test.each([
  ['packages/client-sdk', client],
  ['packages/lambda', functions],
  ['packages/console', page],
])('%s hands on the licences of what is bundled into it', (directory, packages) => {
  const title = `${nameOf(directory)} is built from the packages below, among others of its own. Their authors ask that this goes with it.`;
  expectCommitted(`${directory}/THIRD-PARTY-NOTICES.txt`, notices(title, packages));
});

test('every licence of what is shipped is one that was agreed to', () => {
  const refused = [...client, ...functions, ...page, ...commandLine].filter(
    ({ license }) => !isAllowed(license),
  );
  expect(refused.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  expect(client.map(({ name }) => name)).toEqual(['ky', 'zod']);
});

describe('a licence', () => {
  test.each(['MIT', '(MIT OR GPL-3.0-only)', 'MIT AND ISC', 'MIT and ISC', 'Apache-2.0'])(
    '%s is allowed',
    (license) => {
      expect(isAllowed(license)).toBe(true);
    },
  );

  test.each([
    'GPL-3.0-only',
    'MIT AND GPL-3.0-only',
    'MIT and GPL-3.0-only',
    'UNLICENSED',
    'none',
    'SEE LICENSE IN LICENSE',
  ])('%s is not', (license) => {
    expect(isAllowed(license)).toBe(false);
  });
});

function licenseTable(packages: readonly InstalledPackage[]): string[] {
  const byLicense = Map.groupBy(packages, ({ license }) => license);
  const rows = [...byLicense]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([license, each]) => [license, each.map(({ name }) => name).join(', ')]);
  return table(['licence', 'packages'], rows);
}

test('docs/licenses.md lists what is shipped', () => {
  const text = [
    '# Licences',
    '',
    'This repository is under the [MIT licence](../LICENSE). What it ships of others is below, with the packages that those',
    'depend on. This page is written by `docs-gen/licenses`, which also refuses every licence but these:',
    `${allowedLicenses.join(', ')}.`,
    '',
    '## In the client',
    '',
    'Bundled into the published package. Its [notices](../packages/client-sdk/THIRD-PARTY-NOTICES.txt) are in the tarball. Of',
    'some packages little or nothing is left in it.',
    '',
    ...licenseTable(client),
    '',
    '## In the functions',
    '',
    'Bundled into the code that is deployed. Its [notices](../packages/lambda/THIRD-PARTY-NOTICES.txt) are in the zip. Of',
    'some packages little or nothing is left in it.',
    '',
    ...licenseTable(functions),
    '',
    "## In the console's page",
    '',
    'Bundled into the page that `proxy console` serves. Its [notices](../packages/console/THIRD-PARTY-NOTICES.txt) are beside',
    'it.',
    '',
    ...licenseTable(page),
    '',
    '## On the machine that deploys',
    '',
    'Installed for the command line, the synthesis and the local gateway, and not handed on. The exception is Swagger UI, which',
    "is in `@org/bedrock-proxy` with its licence and its notice; so are the functions and the console's page, with theirs.",
    '',
    ...licenseTable(commandLine),
    '',
    'Tools that only build or test (`devDependencies`) are not listed. `pnpm licenses list` lists everything.',
    '',
  ].join('\n');
  expectCommitted('docs/licenses.md', text);
});
