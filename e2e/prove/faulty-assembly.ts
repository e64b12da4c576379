import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctions } from '@org/lambda/build';
import { inject, onTestFinished } from 'vitest';
import type { ConfigName } from '../configs.ts';

/** A change of the proxy's source. */
export interface SourceEdit {
  /** Below `packages/lambda/src`. */
  readonly file: string;
  /** Occurs once in the file. */
  readonly from: string;
  readonly to: string;
}

type Plugins = NonNullable<NonNullable<Parameters<typeof buildFunctions>[0]>['plugins']>;

/**
 * The synthesized deployment of a config with a fault in the function's bundle.
 *
 * @returns Its directory.
 */
export async function faultyAssembly(config: ConfigName, edit: SourceEdit): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'faulty-assembly-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const built = join(directory, 'built');
  const assembly = join(directory, 'assembly');
  await Promise.all([
    buildFunctions({ outdir: built, minify: false, plugins: [editing(edit)] }),
    cp(join(inject('assemblies'), config), assembly, { recursive: true }),
  ]);
  const bundle = await readFile(new URL(import.meta.resolve('@org/lambda/bundle')));
  for (const asset of await readdir(assembly)) {
    const file = join(assembly, asset, 'index.mjs');
    const present = await readFile(file).catch(() => undefined);
    if (present?.equals(bundle)) await cp(join(built, 'index.mjs'), file);
  }
  return assembly;
}

function editing({ file, from, to }: SourceEdit): Plugins[number] {
  return {
    name: 'fault',
    setup(build) {
      build.onLoad({ filter: new RegExp(`/lambda/src/${RegExp.escape(file)}$`) }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const parts = source.split(from);
        if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
        return { contents: parts.join(to), loader: 'ts' };
      });
    },
  };
}
