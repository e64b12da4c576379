import { existsSync, realpathSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What npm would install. */
export interface Installed {
  readonly bytes: number;
  /** Including the one that was asked for. */
  readonly packages: number;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const here = import.meta.dirname;
const published = '@org/bedrock-client';

/** These packages and all their dependencies. */
export async function installed(names: readonly string[]): Promise<Installed> {
  const directories = new Set<string>();
  const install = async (name: string, from: string): Promise<void> => {
    const directory = find(name, from);
    if (directories.has(directory)) return;
    directories.add(directory);
    const { dependencies, peerDependencies, peerDependenciesMeta } = await readManifest(directory);
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (peer) => !peerDependenciesMeta?.[peer]?.optional,
    );
    for (const needed of [...Object.keys(dependencies ?? {}), ...peers]) await install(needed, directory);
  };
  for (const name of names) await install(name, here);
  const sizes = await Promise.all([...directories].map(sizeOf));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), packages: directories.size };
}

export async function versionOf(name: string): Promise<string> {
  return (await readManifest(find(name, here))).version;
}

async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
}

/** Finds it as Node does. */
function find(name: string, from: string): string {
  const directories = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const directory = directories.map((parent) => join(parent, name)).find((path) => existsSync(path));
  if (!directory) throw new Error(`${from} needs ${name}, which is not installed.`);
  return realpathSync(directory);
}

/** For our client, only the published files. */
async function sizeOf(directory: string): Promise<number> {
  const { name, files = [] } = await readManifest(directory);
  const parts = name === published ? ['package.json', 'README.md', ...files] : ['.'];
  const sizes = await Promise.all(parts.map((part) => sizeUnder(join(directory, part))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeUnder(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all((await readdir(path)).map((name) => sizeUnder(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
