import fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

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
  try {
    for (const { path, text } of files) {
      await fs.mkdir(dirname(path), { recursive: true });
      await fs.writeFile(stagedAs(path), text);
    }
    for (const { path } of files) await fs.rename(stagedAs(path), path);
  } finally {
    await removeStaged(files.map(({ path }) => path));
  }
}

/** Removes what a killed run has left beside the places of files. */
export async function removeStaged(paths: readonly string[]): Promise<void> {
  // ENOTDIR: something else is where its folder should be.
  await Promise.allSettled(paths.map((path) => fs.rm(stagedAs(path), { force: true })));
}

/** The same name in every run, so that the next run replaces what a killed one has left. */
const stagedAs = (path: string) => join(dirname(path), `.proxy-init-${basename(path)}`);
