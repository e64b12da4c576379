import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** One of our packages as npm would publish it. */
export interface PackedPackage {
  /** The file that would be uploaded. */
  readonly file: string;
  readonly tarball: Uint8Array<ArrayBuffer>;
  /** Folder of its files. */
  readonly unpacked: string;
  /** Its files, with `/`, in order. */
  readonly files: readonly string[];
  read(file: string): Promise<string>;
  remove(): Promise<void>;
}

/** Packs the last build of a package. Its own `prepack` would rebuild it while other tests use it. */
export async function pack(name: string): Promise<PackedPackage> {
  const directory = await mkdtemp(join(tmpdir(), 'packed-'));
  const args = ['pack', '--config.ignore-scripts=true', '--pack-destination', directory];
  await run('pnpm', args, { cwd: dirname(require.resolve(`${name}/package.json`)) });
  const [found = ''] = await readdir(directory);
  const file = join(directory, found);
  await run('tar', ['-xzf', file, '-C', directory]);
  const unpacked = join(directory, 'package');
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  return {
    file,
    tarball: new Uint8Array(await readFile(file)),
    unpacked,
    files: entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1))
      .sort(),
    read: (each) => readFile(join(unpacked, each), 'utf8'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A Node of this version: this process's own, or one from npm; `undefined` if npm has none for this platform. */
export function findNode(major: number): string | undefined {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  try {
    const name = `node-${major}-${process.platform}-${process.arch}`;
    return join(dirname(require.resolve(`${name}/package.json`)), 'bin/node');
  } catch {
    return undefined;
  }
}
