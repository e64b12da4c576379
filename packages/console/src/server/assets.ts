import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { installation } from '@org/installation';

type Files = ReadonlyMap<string, Uint8Array>;

/** How a file of the page is sent. */
export interface Asset {
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The files of the page, read or built with the first question and kept. A request only chooses one of them by its whole
 * name, and is never a part of a path.
 */
export class Assets {
  #files: Promise<Files> | undefined;

  async find(name: string): Promise<Asset | undefined> {
    this.#files ??= pageFiles();
    const content = (await this.#files).get(name);
    const type = types[extname(name)];
    return content && type !== undefined ? { type, content: new Uint8Array(content) } : undefined;
  }
}

async function pageFiles(): Promise<Files> {
  const { consolePage } = installation;
  if (consolePage.kind === 'source') {
    const { buildPage }: typeof import('../../build/page.ts') = await import(consolePage.build.href);
    return buildPage();
  }
  const { folder } = consolePage;
  const names = await readdir(folder);
  const files = names.map(async (name) => [name, await readFile(new URL(name, folder))] as const);
  return new Map(await Promise.all(files));
}
