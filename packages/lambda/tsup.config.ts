import { copyFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * Takes Node's own modules as they are. An `import` of one makes an ES module of it first, and reads each of its
 * properties for that; those that load on demand load then: undici for `node:http`, streams for `node:fs`. That is a
 * tenth and more of a cold start.
 *
 * @see https://nodejs.org/api/process.html#processgetbuiltinmoduleid
 */
const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup(build) {
    const namespace = 'builtin-module';
    build.onResolve({ filter: /^[a-z]/ }, ({ path }) => (isBuiltin(path) ? { path, namespace } : undefined));
    build.onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

/** Whoever is given the code is given the licences of what is in it: https://www.apache.org/licenses/LICENSE-2.0#redistribution */
async function handOnNotices(): Promise<void> {
  const notices = join(import.meta.dirname, 'THIRD-PARTY-NOTICES.txt');
  for (const directory of ['dist', 'dist/authorizer']) {
    await copyFile(notices, join(import.meta.dirname, directory, 'THIRD-PARTY-NOTICES.txt'));
  }
}

// One file each: on a cold start the number of files costs more than their bytes.
export default {
  entry: { index: 'src/index.ts', 'authorizer/index': 'src/authorizer/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outExtension: () => ({ js: '.mjs' }),
  noExternal: [/./],
  removeNodeProtocol: false,
  splitting: false,
  minify: true,
  clean: true,
  sourcemap: false,
  onSuccess: handOnNotices,
  esbuildPlugins: [builtinModules],
  esbuildOptions(options) {
    options.conditions = ['@org/source', 'module'];
    // The SDK's ES modules need no createRequire shim and are a third smaller than its CommonJS.
    options.mainFields = ['module', 'main'];
    options.legalComments = 'none';
    options.alias = { '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'src/credentials.ts') };
  },
} satisfies Options;
