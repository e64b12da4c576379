import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface FileToWrite {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes files, each whole or not at all: all are written beside their places first, and moved there at the end.
 *
 * @throws {Error} As the file system does. If one cannot be written, none was.
 */
export async function writeFiles(files: readonly FileToWrite[]): Promise<void> {
  const staged: { readonly from: string; readonly to: string; readonly directory: string }[] = [];
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(path), { recursive: true });
      const directory = await mkdtemp(join(dirname(path), '.proxy-init-'));
      const from = join(directory, 'file');
      staged.push({ from, to: path, directory });
      await writeFile(from, text);
    }
    for (const { from, to } of staged) await rename(from, to);
  } finally {
    await Promise.all(staged.map(({ directory }) => rm(directory, { recursive: true, force: true })));
  }
}
