import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from 'tsup';
import { builtinModules } from './build/builtin-modules.ts';
import { leaveOutUnused } from './build/leave-out-unused.ts';

/** Anyone who is given the code is given the licences of what is in it: https://www.apache.org/licenses/LICENSE-2.0#redistribution */
async function handOnNotices(): Promise<void> {
  const notices = join(import.meta.dirname, 'THIRD-PARTY-NOTICES.txt');
  for (const directory of ['dist', 'dist/authorizer', 'dist/key-authorizer']) {
    await copyFile(notices, join(import.meta.dirname, directory, 'THIRD-PARTY-NOTICES.txt'));
  }
}

// One file each: on a cold start the number of files costs more than their bytes.
export default {
  entry: {
    index: 'src/index.ts',
    'authorizer/index': 'src/authorizer/index.ts',
    'key-authorizer/index': 'src/authorizer/keys-only.ts',
  },
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
  esbuildPlugins: [builtinModules, leaveOutUnused],
  esbuildOptions(options) {
    options.conditions = ['@org/source', 'module'];
    // The SDK's ES modules need no createRequire shim and are a third smaller than its CommonJS.
    options.mainFields = ['module', 'main'];
    options.legalComments = 'none';
    options.alias = { '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'src/credentials.ts') };
  },
} satisfies Options;
