import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const directory = join(import.meta.dirname, '..');

/**
 * Builds the page: `index.html`, one script and one stylesheet, which ask for nothing from elsewhere.
 *
 * @returns Each file by its name. A clone serves them from memory, so that processes never read what another one writes.
 */
export async function buildPage(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(directory, 'src/page/main.tsx'), out: 'page' },
      { in: join(directory, 'src/page/styles/page.css'), out: 'page' },
    ],
    outdir: directory,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // Since spring 2024: light-dark() and nested rules.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    conditions: ['@org/source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
  });
  return new Map([
    ['index.html', await readFile(join(directory, 'src/page/index.html'))],
    // Anyone who is given the page is given the licences of what is in it.
    ['THIRD-PARTY-NOTICES.txt', await readFile(join(directory, 'THIRD-PARTY-NOTICES.txt'))],
    ...outputFiles.map(({ path, contents }): [string, Uint8Array] => [basename(path), contents]),
  ]);
}
