import { defineConfig, type Options } from 'tsup';
import { writeDeclarations } from '../../scripts/declarations.ts';
import manifest from './package.json' with { type: 'json' };

// The types of the contract are written into ours: anyone who installs the client has no contract.
const types = writeDeclarations(import.meta.dirname, ['src/index.ts', 'src/testing/index.ts']);

// Not minified: anyone who installs it reads it in stack traces, in a debugger and in a review of what they depend on.
const options: Options = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  noExternal: [/.*/],
  // ky encodes a text while it is loaded.
  inject: ['src/call/text-encoder.ts'],
  define: { __PACKAGE_VERSION__: JSON.stringify(manifest.version) },
  esbuildOptions(options) {
    options.conditions = ['@org/source', 'module'];
    options.mainFields = ['module', 'main'];
  },
};

// Two builds, so that neither has a file in common with the other: who installs one loads one file.
export default defineConfig([
  {
    ...options,
    entry: ['src/index.ts'],
    dts: types({ index: 'src/index.ts' }),
    outDir: 'dist',
    clean: ['!testing/**'],
  },
  {
    ...options,
    entry: ['src/testing/index.ts'],
    dts: types({ index: 'src/testing/index.ts' }),
    outDir: 'dist/testing',
    clean: true,
  },
]);
