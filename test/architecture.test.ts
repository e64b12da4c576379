import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packageFolders } from './module-graph.ts';

const names: Readonly<Record<string, string>> = { client: 'client-sdk' };

/** Each package with the packages of ours that it needs, as in the picture. */
function drawn(): string[] {
  const [, picture = ''] =
    readFileSync('docs/architecture.md', 'utf8').match(/```mermaid\nflowchart BT\n(.*?)```/s) ?? [];
  return [...picture.matchAll(/^ *(\w+) -.*> (\w+)$/gm)].map(
    ([, from = '', to = '']) => `${names[from] ?? from} -> ${names[to] ?? to}`,
  );
}

/** As in the manifests. */
function declared(): ReadonlyMap<string, readonly string[]> {
  const shipped = packageFolders()
    .filter((folder) => folder.startsWith('packages/'))
    .map((folder) => ({
      folder: folder.replace('packages/', ''),
      manifest: JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')),
    }));
  const folderOf = new Map(shipped.map(({ folder, manifest }) => [manifest.name, folder]));
  return new Map(
    shipped.map(({ folder, manifest: { dependencies, devDependencies } }) => [
      folder,
      Object.keys({ ...dependencies, ...devDependencies }).flatMap((name) => folderOf.get(name) ?? []),
    ]),
  );
}

test("the picture has the dependencies in the packages' manifests, without those that follow from other arrows", () => {
  const needs = declared();
  const reaches = (from: string, to: string): boolean =>
    needs.get(from)?.some((next) => next === to || reaches(next, to)) ?? false;
  const arrows = [...needs].flatMap(([from, direct]) =>
    direct
      .filter((to) => !direct.some((other) => other !== to && reaches(other, to)))
      .map((to) => `${from} -> ${to}`),
  );
  expect(drawn().sort()).toEqual(arrows.sort());
});
