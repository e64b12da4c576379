import { defineConfig } from 'tsup';

// One file: on a cold start the number of files costs more than their bytes.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outExtension: () => ({ js: '.mjs' }),
  noExternal: [/./],
  splitting: false,
  minify: true,
  clean: true,
  sourcemap: false,
  esbuildOptions(options) {
    options.conditions = ['@org/source', 'module'];
    // The SDK's ES modules need no createRequire shim and are a third smaller than its CommonJS.
    options.mainFields = ['module', 'main'];
    options.legalComments = 'none';
    options.alias = { '@aws-sdk/credential-provider-node': './src/credentials.ts' };
  },
});
