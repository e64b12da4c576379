import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const directory = join(import.meta.dirname, 'peers');

/** Gateways of others, as the lock file beside their manifest has them. */
export interface InstalledPeers {
  /** Absolute path of a file of theirs, from the name of its package on. */
  file(path: string): string;
  versionOf(name: string): Promise<string>;
}

/** Installs them where nothing else of the repository sees them. None of their install scripts runs. */
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
