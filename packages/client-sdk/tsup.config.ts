import { defineConfig, type Options } from 'tsup';
import manifest from './package.json' with { type: 'json' };

const options: Options = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  minify: true,
  noExternal: [/.*/],
  dts: true,
  define: { __PACKAGE_VERSION__: JSON.stringify(manifest.version) },
  esbuildOptions(options) {
    // Node prints the line that throws an uncaught error: without this, the whole file. No statement is cut in two, so that
    // some are longer.
    options.lineLimit = 80;
    options.conditions = ['@org/source', 'module'];
    options.mainFields = ['module', 'main'];
  },
};

// Two builds, so that neither has a file in common with the other: who installs one loads one file.
export default defineConfig([
  { ...options, entry: ['src/index.ts'], outDir: 'dist', clean: ['!testing/**'] },
  { ...options, entry: ['src/testing/index.ts'], outDir: 'dist/testing', clean: true },
]);
