// Puts beside the bundles what they read: the built functions, the pages of the local gateway and of the console, and the
// documents.
import { cp, glob, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '@org/console/build';
import { installation } from '@org/installation';
import { buildFunctions } from '@org/lambda/build';

const own = join(import.meta.dirname, '..');

await buildFunctions({ outdir: join(own, 'dist/functions') });
await copy(installation.page, '*.{html,css,js,svg}', 'dist/page');
const swaggerUi = '{swagger-ui.css,swagger-ui-bundle.js,swagger-ui-bundle.js.LICENSE.txt,LICENSE,NOTICE}';
await copy(installation.swaggerUi, swaggerUi, 'dist/page/swagger-ui');
await rm(join(own, 'dist/console'), { recursive: true, force: true });
await mkdir(join(own, 'dist/console'), { recursive: true });
for (const [name, content] of await buildPage()) await writeFile(join(own, 'dist/console', name), content);
await copy(new URL('.', installation.openApi), '{*.md,{benchmarks,decisions}/*.md,openapi.json}', 'docs');
for await (const page of glob('docs/**/*.md', { cwd: own })) await unlinkMissing(join(own, page));

/** Copies files into a folder of this package, which then has no others. */
async function copy(from: URL, pattern: string, folder: string): Promise<void> {
  const [source, target] = [fileURLToPath(from), join(own, folder)];
  await rm(target, { recursive: true, force: true });
  for await (const file of glob(pattern, { cwd: source })) await cp(join(source, file), join(target, file));
}

/** Leaves of each link to a file of the repository that is not shipped only its text. */
async function unlinkMissing(page: string): Promise<void> {
  const text = await readFile(page, 'utf8');
  const links = [...text.matchAll(/!?\[([^\]]*)\]\(([\w./-]+)(?:#[\w-]*)?\)/g)];
  const missing = new Map<string, string>();
  for (const [link, label = '', target = ''] of links) {
    const found = await stat(join(dirname(page), target)).catch(() => undefined);
    if (!found) missing.set(link, label);
  }
  await writeFile(
    page,
    [...missing].reduce((all, [link, label]) => all.replaceAll(link, () => label), text),
  );
}
