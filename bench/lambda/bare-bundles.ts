import { join } from 'node:path';
import { functionOptions } from '@org/lambda/build';
import { build } from 'esbuild';

/** Files of the functions that the proxy is compared with, bundled without the proxy's own build steps. */
export interface BareBundles {
  readonly ask: string;
  readonly stream: string;
}

export async function buildBare(directory: string): Promise<BareBundles> {
  const source = (name: string) => join(import.meta.dirname, 'bare', `${name}.ts`);
  await build({
    ...functionOptions,
    entryPoints: { ask: source('ask'), stream: source('stream') },
    outdir: directory,
  });
  return { ask: join(directory, 'ask.mjs'), stream: join(directory, 'stream.mjs') };
}
