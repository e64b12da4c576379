import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const directory = join(import.meta.dirname, 'peers');

/** Other gateways, in the versions of the lock file beside their manifest. */
export interface InstalledPeers {
  /** The absolute path of one of their files, given by a path that starts with its package's name. */
  file(path: string): string;
  versionOf(name: string): Promise<string>;
}

/** Installs them apart from the rest of the repository, without running their install scripts. */
export async function installPeers(): Promise<InstalledPeers> {
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: directory });
  const file = (path: string) => join(directory, 'node_modules', path);
  return {
    file,
    async versionOf(name) {
      const manifest: { version: string } = JSON.parse(
        await readFile(file(join(name, 'package.json')), 'utf8'),
      );
      return manifest.version;
    },
  };
}
