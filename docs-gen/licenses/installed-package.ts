import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly license?: string | { readonly type: string };
  readonly author?: string | { readonly name: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** An installed package. */
export interface InstalledPackage {
  readonly name: string;
  readonly directory: string;
  /** An SPDX expression: `MIT`, `(MIT OR Apache-2.0)`. */
  readonly license: string;
  /** Undefined if the package names no author. */
  readonly author: string | undefined;
  readonly dependencies: readonly string[];
  /** Whether it is a build for one platform of another package that is also installed. */
  readonly forOnePlatform: boolean;
}

export function readPackage(directory: string): InstalledPackage {
  const path = realpathSync(directory);
  const manifest: Manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const { name, license = 'none', author, dependencies, optionalDependencies, os, cpu } = manifest;
  return {
    name,
    directory: path,
    license: typeof license === 'string' ? license : license.type,
    author: typeof author === 'object' ? author.name : author,
    dependencies: Object.keys({ ...dependencies, ...optionalDependencies }),
    forOnePlatform: os !== undefined || cpu !== undefined,
  };
}

/** The package that an import of this name in a directory finds. Undefined if it is optional and not installed. */
export function findPackage(name: string, from: string): InstalledPackage | undefined {
  const directory = join(from, 'node_modules', name);
  if (existsSync(directory)) return readPackage(directory);
  return dirname(from) === from ? undefined : findPackage(name, dirname(from));
}

/** These packages and all their run-time dependencies, direct and indirect, by name. */
export function withDependencies(packages: readonly InstalledPackage[]): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const add = (each: InstalledPackage) => {
    const key = `${each.name} ${each.license}`;
    if (each.forOnePlatform || found.has(key)) return;
    found.set(key, each);
    for (const name of each.dependencies) {
      const dependency = findPackage(name, each.directory);
      if (dependency) add(dependency);
    }
  };
  packages.forEach(add);
  return [...found.values()].toSorted(inOrder);
}

function inOrder(one: InstalledPackage, other: InstalledPackage): number {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}

/** The texts that its authors require to be passed on: their licence, and their notice if they have one. */
export function legalTexts({ directory }: InstalledPackage): string[] {
  return readdirSync(directory)
    .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n').trim());
}
