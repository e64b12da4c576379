import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What tsup takes as `dts`. */
interface Declarations {
  readonly entry: Record<string, string>;
  readonly compilerOptions: { readonly paths: Readonly<Record<string, readonly string[]>> };
}

/**
 * Writes the declarations of a package, and of what it uses of our other packages. The native compiler does it, because it
 * needs a tenth of tsup's time.
 *
 * @param directory The package's directory. The declarations go into its folder `.types`.
 * @param sources Files in that directory: what users of the package import, and what declares globals that it uses.
 * @returns tsup's option `dts`, with which it makes one file of them for each entry. Takes the sources of the entries, by
 *   the name of their file in the build.
 * @throws {Error} If the compiler finds a fault, which it has printed.
 */
export function writeDeclarations(
  directory: string,
  sources: readonly string[],
): (entry: Readonly<Record<string, string>>) => Declarations {
  const root = join(directory, '../..');
  const outDir = join(directory, '.types');
  const paths = Object.fromEntries(
    globSync(join(root, 'packages/*/package.json')).flatMap((file) => {
      const { name, exports = {} }: Manifest = JSON.parse(readFileSync(file, 'utf8'));
      return Object.entries(exports).flatMap(([exported, { '@org/source': source } = {}]) =>
        source === undefined ? [] : [[`${name}${exported.slice(1)}`, [join(file, '..', source)]]],
      );
    }),
  );
  const written = (source: string) => join(outDir, relative(root, source)).replace(/\.ts$/, '.d.ts');
  mkdirSync(outDir, { recursive: true });
  writeFileSync(
    join(outDir, 'tsconfig.json'),
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: root,
        outDir,
        // Found as packages, they would not be written.
        paths,
      },
      include: [],
      files: sources.map((source) => join(directory, source)),
    }),
  );
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', outDir], { stdio: 'inherit' });
  return (entry) => ({
    entry: Object.fromEntries(
      Object.entries(entry).map(([name, source]) => [name, written(join(directory, source))]),
    ),
    compilerOptions: {
      paths: Object.fromEntries(Object.entries(paths).map(([name, files]) => [name, files.map(written)])),
    },
  });
}
