import { defineConfig } from 'tsup';
import { writeDeclarations } from '../../scripts/declarations.ts';

// The last one declares what the sources use and Node 22 does not have.
const types = writeDeclarations(import.meta.dirname, ['src/index.ts', 'src/cdk.ts', 'build/node-22.ts']);

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
  dts: types({ index: 'src/index.ts', cdk: 'src/cdk.ts' }),
  clean: true,
  inject: ['build/node-22.ts'],
  esbuildOptions(options) {
    options.conditions = ['@org/packed', '@org/source', 'module'];
  },
});
