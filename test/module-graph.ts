import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** One import of a file, from another file or a package. Paths are relative to the repository. */
export interface Import {
  readonly file: string;
  /** As written. */
  readonly target: string;
  /** The file that a relative import leads to. */
  readonly path: string | undefined;
  /** Whether it disappears at run time. */
  readonly typeOnly: boolean;
}

const known = new Map<string, readonly Import[]>();

export function importsOf(file: string): readonly Import[] {
  const found = known.get(file) ?? readImports(file);
  known.set(file, found);
  return found;
}

/** The workspace's packages: the shipped ones and the others. */
export function packageFolders(): string[] {
  return globSync('{packages/*,*}/package.json').map(dirname);
}

/** All source files below a directory, including tests. */
export function sourceFiles(directory: string): string[] {
  return globSync('**/*.{ts,tsx}', {
    cwd: directory,
    exclude: (path) => /node_modules|dist|cdk\.out/.test(path),
  })
    .map((file) => join(directory, file))
    .toSorted();
}

function readImports(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const types = [...text.matchAll(/^(?:import|export) type\s[^;]*?\sfrom '([^']+)'/gm)].map(
    ([, name]) => name,
  );
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName: target }) => {
    const times = (names: readonly (string | undefined)[]) => names.filter((name) => name === target).length;
    return {
      file,
      target,
      path: target.startsWith('.') ? join(file, '..', target) : undefined,
      typeOnly: times(types) === times(importedFiles.map(({ fileName }) => fileName)),
    };
  });
}

/** Whether a file only serves tests: it is a test, or in its package's folder for their helpers. */
export function servesTests(file: string): boolean {
  return (
    isTest(file) ||
    /^packages\/client-sdk\/test\//.test(file) ||
    // The client's is a product, for its users' tests.
    /^packages\/(?!client-sdk\/)[^/]+\/src\/testing\//.test(file)
  );
}

export function isTest(file: string): boolean {
  return /\.test(?:-d)?\.tsx?$/.test(file);
}

/** The source files that a file imports, also for types. The compiler checks whether they exist. */
export function importedBy(file: string): string[] {
  return importsOf(file).flatMap(sourceOf);
}

function sourceOf({ path }: Import): string[] {
  return path && /\.tsx?$/.test(path) && existsSync(path) ? [path] : [];
}

/** The files that are loaded at run time with these files. */
export function loadedBy(entries: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const visit = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const loadedFrom = importsOf(file).filter(({ typeOnly }) => !typeOnly);
    for (const path of loadedFrom.flatMap(sourceOf)) visit(path);
  };
  entries.forEach(visit);
  return loaded;
}
