import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** The client as npm would publish it, and projects that have installed it. */
export interface PackedClient {
  /** The file that would be uploaded. */
  readonly tarball: Uint8Array<ArrayBuffer>;
  /** Its files, with `/`, in order. */
  readonly files: readonly string[];
  read(file: string): Promise<string>;
  /** Creates a project with only these files, next to the client and the types of Node. Resolves to its folder. */
  project(files: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

/** Packs the client's last build. Its own `prepack` would rebuild it while other tests use it. */
export async function packClient(): Promise<PackedClient> {
  const client = dirname(require.resolve('@org/bedrock-client/package.json'));
  const directory = await mkdtemp(join(tmpdir(), 'bedrock-client-packed-'));
  const args = ['pack', '--config.ignore-scripts=true', '--pack-destination', directory];
  await run('pnpm', args, { cwd: client });
  const [name = ''] = await readdir(directory);
  const tarball = join(directory, name);
  await run('tar', ['-xzf', tarball, '-C', directory]);
  const unpacked = join(directory, 'package');
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  const packages = join(directory, 'node_modules');
  await mkdir(join(packages, '@org'), { recursive: true });
  await cp(unpacked, join(packages, '@org/bedrock-client'), { recursive: true });
  await mkdir(join(packages, '@types'));
  await symlink(dirname(require.resolve('@types/node/package.json')), join(packages, '@types/node'));

  return {
    tarball: new Uint8Array(await readFile(tarball)),
    files: entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1))
      .sort(),
    read: (file) => readFile(join(unpacked, file), 'utf8'),
    async project(files) {
      const project = await mkdtemp(join(directory, 'project-'));
      for (const [file, text] of Object.entries(files)) await writeFile(join(project, file), text);
      return project;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
