import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installation } from '@org/installation';

/** The program that opens a page in the user's browser. */
const openers: Partial<Record<NodeJS.Platform, readonly [file: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', '""'],
};

/** A page that is being opened. */
export interface OpenedPage {
  /** Removes what led to it. */
  forget(): Promise<void>;
}

/**
 * Opens a link that is for this user alone in their browser. Whether it opens is not known: there may be no browser.
 *
 * The arguments of a program are for every user of the machine to see. So the browser gets a file that leads to the link and
 * that only this user can read. On Windows it gets the link, because there they are not.
 */
export async function openPage(link: string): Promise<OpenedPage> {
  const onWindows = process.platform === 'win32';
  const file = join(installation.cache, `console-${randomUUID()}.html`);
  if (!onWindows) {
    // Not in the folder for temporary files: a browser in a sandbox has one of its own.
    await mkdir(installation.cache, { recursive: true });
    await writeFile(file, pageTo(link), { mode: 0o600, flag: 'wx' });
  }
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, onWindows ? link : pathToFileURL(file).href], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => {});
  child.unref();
  return { forget: () => rm(file, { force: true }) };
}

function pageTo(link: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Console</title>
<script>location.replace(${JSON.stringify(link)})</script>
<a href="${link}">Open the console</a>
</html>
`;
}
