import { defineConfig } from 'tsup';
import manifest from './package.json' with { type: 'json' };

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  clean: true,
  minify: true,
  noExternal: [/.*/],
  dts: true,
  define: { __PACKAGE_VERSION__: JSON.stringify(manifest.version) },
  esbuildOptions(options) {
    // Node prints the line that throws an uncaught error: without this, the whole file.
    options.lineLimit = 120;
    options.conditions = ['@org/source', 'module'];
    options.mainFields = ['module', 'main'];
  },
});
