import { join } from 'node:path';
import { builtinModules } from '@org/lambda/build/builtin-modules';
import lambdaBuild from '@org/lambda/tsup-config';
import { build } from 'tsup';

/** Files of the functions that the proxy is compared with, built as the proxy is. */
export interface BareBundles {
  readonly ask: string;
  readonly stream: string;
  /** `ask`, with what the proxy's build changes in it: the credential providers, and how Node's modules are loaded. */
  readonly askAsOurs: string;
}

export async function buildBare(directory: string): Promise<BareBundles> {
  const source = (name: string) => join(import.meta.dirname, name);
  const ask = source('bare/ask.ts');
  const common = { ...lambdaBuild, config: false, silent: true } as const;
  await build({
    ...common,
    entry: { ask, stream: source('bare/stream.ts') },
    outDir: join(directory, 'bare'),
    esbuildPlugins: [],
    esbuildOptions(options) {
      lambdaBuild.esbuildOptions(options);
      delete options.alias;
    },
  });
  await build({
    ...common,
    entry: { ask },
    outDir: join(directory, 'as-ours'),
    // It has the SDK's own HTTP/2 and its own Converse.
    esbuildPlugins: [builtinModules],
  });
  return {
    ask: join(directory, 'bare/ask.mjs'),
    stream: join(directory, 'bare/stream.mjs'),
    askAsOurs: join(directory, 'as-ours/ask.mjs'),
  };
}
