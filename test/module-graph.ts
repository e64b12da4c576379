import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** What one file takes from another, or from a package. Paths are relative to the repository. */
export interface Import {
  readonly file: string;
  /** As it is written. */
  readonly target: string;
  /** The file that a relative one leads to. */
  readonly path: string | undefined;
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

const known = new Map<string, readonly Import[]>();

export function importsOf(file: string): readonly Import[] {
  const found = known.get(file) ?? readImports(file);
  known.set(file, found);
  return found;
}

/** The packages of the workspace: those that are shipped, and those beside them. */
export function packageFolders(): string[] {
  return globSync('{packages/*,*}/package.json').map(dirname);
}

/** All source files below a directory, tests among them. */
export function sourceFiles(directory: string): string[] {
  return globSync('**/*.ts', { cwd: directory, exclude: (path) => /node_modules|dist|cdk\.out/.test(path) })
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

/** Whether a file only serves tests: it is one, or it imports what only tests have. */
export function servesTests(file: string): boolean {
  return isTest(file) || importsOf(file).some(({ target }) => target === 'vitest' || target === 'fast-check');
}

export function isTest(file: string): boolean {
  return /\.test(?:-d)?\.ts$/.test(file);
}

/** The source files that a file imports, be it for a type. Whether they exist is for the compiler to say. */
export function importedBy(file: string): string[] {
  return importsOf(file).flatMap(sourceOf);
}

function sourceOf({ path }: Import): string[] {
  return path?.endsWith('.ts') && existsSync(path) ? [path] : [];
}

/** What is loaded at run time where these files are. */
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
