import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf, loadedBy } from '../../test/module-graph.ts';
import { findPackage, type InstalledPackage, readPackage, withDependencies } from './installed-package.ts';

const isOurs = (name: string) => name.startsWith(`${ourScope()}/`);

function ourScope(): string {
  return JSON.parse(readFileSync('packages/contract/package.json', 'utf8')).name.split('/')[0];
}

/** Other authors' packages that a bundle is built from. The bundle contains only a little of some. */
export function bundledInto(directory: string, entries: readonly string[]): InstalledPackage[] {
  const loaded = loadedBy([
    ...entries.map((file) => join(directory, file)),
    'packages/contract/src/index.ts',
  ]);
  const imported = [...loaded].flatMap((file) =>
    importsOf(file)
      .filter(({ target, typeOnly }) => !typeOnly && !/^(?:\.|node:)/.test(target))
      .map(({ target }) => ({ target, file })),
  );
  const styles = globSync(join(directory, 'src/**/*.css')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/@import "([^".][^"]*)"/g)].map(([, target = '']) => ({
      target,
      file,
    })),
  );
  const packages = [...imported, ...styles].flatMap(({ target, file }) => {
    const name = target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
    return isOurs(name) ? [] : [found(name, file)];
  });
  return withDependencies(packages);
}

/** Other authors' packages that are installed with our packages as run-time dependencies. */
export function installedWith(...directories: readonly string[]): InstalledPackage[] {
  return withDependencies(directories.map(readPackage)).filter(({ name }) => !isOurs(name));
}

function found(name: string, file: string): InstalledPackage {
  const each = findPackage(name, join(process.cwd(), file, '..'));
  if (!each)
    throw new Error(`${file} imports ${name}, which is not installed. Run npm test, which installs.`);
  return each;
}
