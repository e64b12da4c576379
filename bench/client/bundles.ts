import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Options } from 'tsup';
import { shortName } from '../measure/cpu-profile.ts';
import { type Subject, subjects } from './subjects.ts';

/** A client in one minified file, as a program that deploys it would have it. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

const here = import.meta.dirname;

const common: Options = {
  config: false,
  silent: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  noExternal: [/.*/],
  splitting: false,
  outExtension: () => ({ js: '.mjs' }),
  esbuildOptions(options) {
    options.mainFields = ['module', 'main'];
    options.conditions = ['module'];
  },
};

/** Our client's source. The published file is what is measured; the source shows the share of each file. */
const fromSource: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'from-source',
  setup({ onResolve }) {
    const path = join(here, '../../packages/client-sdk/src/index.ts');
    onResolve({ filter: /^@org\/bedrock-client$/ }, () => ({ path }));
  },
};

/** Lets CommonJS that is bundled into an ES module require Node's own modules. */
const require = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** Bundles each client as a program that deploys it in one file would: esbuild, by way of tsup, minified. */
export async function bundleClients(directory: string): Promise<ReadonlyMap<string, Bundle>> {
  const minified: Options = { ...common, outDir: directory, minify: true };
  const entries = (of: readonly Subject[]) =>
    Object.fromEntries(of.map(({ name }) => [name, join(here, `clients/${name}.ts`)]));
  const [commonJs, esm] = [
    subjects.filter((subject) => subject.commonJs),
    subjects.filter((subject) => !subject.commonJs),
  ];
  await build({ ...minified, entry: { ...entries(esm), repeat: join(here, 'repeat.ts') } });
  await build({ ...minified, entry: entries(commonJs), banner: { js: require } });
  const bundles = subjects.map(async ({ name }) => {
    const file = join(directory, `${name}.mjs`);
    const code = await readFile(file);
    return [
      name,
      { file, bytes: code.byteLength, gzippedBytes: gzipSync(code, { level: 9 }).byteLength },
    ] as const;
  });
  return new Map(await Promise.all(bundles));
}

/** Bundles ours from its source, with the names of its files. */
export async function bundleSource(
  directory: string,
  { minify }: { readonly minify: boolean },
): Promise<{ readonly file: string; readonly bytesBySource: ReadonlyMap<string, number> }> {
  await build({
    ...common,
    entry: { ours: join(here, 'clients/ours.ts') },
    outDir: directory,
    minify,
    metafile: true,
    esbuildPlugins: [fromSource],
    esbuildOptions(options) {
      options.conditions = ['@org/source', 'module'];
    },
  });
  const metafile: { outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> } =
    JSON.parse(await readFile(join(directory, 'metafile-esm.json'), 'utf8'));
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return {
    file: join(directory, 'ours.mjs'),
    bytesBySource: new Map(inputs.map(([path, { bytesInOutput }]) => [shortName(path), bytesInOutput])),
  };
}
