// Puts beside the bundles what they read: the built functions, the page of the local gateway, and the documents.
import { cp, glob, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installation } from '@org/installation';
import { buildFunctions } from '@org/lambda/build';

const own = join(import.meta.dirname, '..');

await buildFunctions({ outdir: join(own, 'dist/functions') });
await copy(installation.page, '*.{html,css,js,svg}', 'dist/page');
const swaggerUi = '{swagger-ui.css,swagger-ui-bundle.js,swagger-ui-bundle.js.LICENSE.txt,LICENSE,NOTICE}';
await copy(installation.swaggerUi, swaggerUi, 'dist/page/swagger-ui');
await copy(new URL('.', installation.openApi), '{*.md,openapi.json}', 'docs');

/** Copies files into a folder of this package, which then has no others. */
async function copy(from: URL, pattern: string, folder: string): Promise<void> {
  const [source, target] = [fileURLToPath(from), join(own, folder)];
  await rm(target, { recursive: true, force: true });
  await mkdir(target);
  for await (const file of glob(pattern, { cwd: source })) {
    await cp(join(source, file), join(target, basename(file)));
  }
}
