import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const names = {
  contract: 'contract',
  models: 'models',
  lambda: 'lambda',
  client: 'client-sdk',
  infra: 'infra',
} as const;

const isDrawn = (name: string | undefined): name is keyof typeof names => name !== undefined && name in names;

function drawn(): string[] {
  const [, picture = ''] =
    readFileSync('docs/architecture.md', 'utf8').match(/```mermaid\nflowchart BT\n(.*?)```/s) ?? [];
  return [...picture.matchAll(/^ *(\w+) -.*> (\w+)$/gm)].map(([line, from, to]) => {
    if (!isDrawn(from) || !isDrawn(to)) throw new Error(`No package is drawn as in: ${line}`);
    return `${names[from]} -> ${names[to]}`;
  });
}

function declared(): string[] {
  const manifests = globSync('packages/*/package.json').map((path) => ({
    folder: path.split('/')[1],
    manifest: JSON.parse(readFileSync(path, 'utf8')),
  }));
  const folderOf = new Map(manifests.map(({ folder, manifest }) => [manifest.name, folder]));
  return manifests.flatMap(({ folder, manifest: { dependencies, devDependencies } }) =>
    Object.keys({ ...dependencies, ...devDependencies })
      .filter((name) => folderOf.has(name))
      .map((name) => `${folder} -> ${folderOf.get(name)}`),
  );
}

test('the picture of the packages is what their manifests say', () => {
  expect(drawn().sort()).toEqual(declared().sort());
});
