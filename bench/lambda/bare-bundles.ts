import { join } from 'node:path';
import lambdaBuild from '@org/lambda/tsup-config';
import { build } from 'tsup';

/** Files of the functions that the proxy is compared with, bundled without the proxy's own build steps. */
export interface BareBundles {
  readonly ask: string;
  readonly stream: string;
}

export async function buildBare(directory: string): Promise<BareBundles> {
  const source = (name: string) => join(import.meta.dirname, 'bare', `${name}.ts`);
  await build({
    ...lambdaBuild,
    config: false,
    silent: true,
    entry: { ask: source('ask'), stream: source('stream') },
    outDir: directory,
    esbuildPlugins: [],
    esbuildOptions(options) {
      lambdaBuild.esbuildOptions(options);
      delete options.alias;
    },
  });
  return { ask: join(directory, 'ask.mjs'), stream: join(directory, 'stream.mjs') };
}
