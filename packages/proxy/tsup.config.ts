import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineConfig } from 'tsup';

/** Source of each entry point of our own packages, by which their types are found and written into ours. */
const sources = Object.fromEntries(
  globSync(join(import.meta.dirname, '../*/package.json')).flatMap((file) => {
    const { name, exports = {} }: { name: string; exports?: Record<string, Record<string, string>> } =
      JSON.parse(readFileSync(file, 'utf8'));
    return Object.entries(exports).flatMap(([entry, { '@org/source': source } = {}]) =>
      source === undefined ? [] : [[join(name, entry), [join(dirname(file), source)]]],
    );
  }),
);

// Our own packages are bundled in. Those of others stay dependencies. Not minified: anyone who installs it reads it in
// stack traces, and in a review of what they depend on.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    cdk: 'src/cdk.ts',
    cli: '../cli/src/index.ts',
    gateway: '../local/src/start.ts',
    worker: '../local/src/lambda/worker.ts',
  },
  format: 'esm',
  target: 'node22.18',
  platform: 'node',
  removeNodeProtocol: false,
  noExternal: [/^@org\//],
  dts: { entry: { index: 'src/index.ts', cdk: 'src/cdk.ts' }, compilerOptions: { paths: sources } },
  clean: true,
  inject: ['build/node-22.ts'],
  esbuildOptions(options) {
    options.conditions = ['@org/packed', '@org/source', 'module'];
  },
});
