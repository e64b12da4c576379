import { chmodSync, cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import shipped from '../../proxy.config.ts';
import { directory, lambdaDirectory } from '../testing/template-under-test.ts';
import { synthesize } from './synthesize.ts';

const everythingIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

const assetsOf = (assembly: string) => readdirSync(assembly).filter((name) => name.startsWith('asset.'));

test('functions that were built for one user alone are in the assembly for Lambda to read, under the same names', () => {
  const hidden = join(directory, 'hidden');
  cpSync(lambdaDirectory, hidden, { recursive: true });
  for (const path of everythingIn(hidden)) chmodSync(path, statSync(path).isDirectory() ? 0o700 : 0o600);

  const open = synthesize(shipped, { outdir: join(directory, 'open'), lambdaDirectory });
  const strict = synthesize(shipped, { outdir: join(directory, 'strict'), lambdaDirectory: hidden });

  const assets = assetsOf(strict.directory);
  expect(assets).toEqual(assetsOf(open.directory));
  const modes = assets
    .flatMap((asset) => everythingIn(join(strict.directory, asset)))
    .map((path) => (statSync(path).mode & 0o777).toString(8));
  expect(new Set(modes)).toEqual(new Set(['644']));
});

test('an assembly is deployed through the bootstrap that the config names', () => {
  const outdir = join(directory, 'qualified');
  const { templateFile } = synthesize(
    { ...shipped, bootstrapQualifier: 'acme' },
    { outdir, lambdaDirectory },
  );
  expect(JSON.parse(readFileSync(templateFile, 'utf8'))).toMatchObject({
    Parameters: { BootstrapVersion: { Default: '/cdk-bootstrap/acme/version' } },
  });
  const assets = readFileSync(templateFile.replace('.template.json', '.assets.json'), 'utf8');
  expect(assets).toContain('cdk-acme-assets-');
  expect(assets).not.toContain('hnb659fds');
});
