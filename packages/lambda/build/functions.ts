import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { builtinModules } from './builtin-modules.ts';
import { leaveOutUnused } from './leave-out-unused.ts';

const directory = join(import.meta.dirname, '..');

/** How code is bundled that runs in Lambda. */
export const functionOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outExtension: { '.js': '.mjs' },
  minify: true,
  conditions: ['@org/source', 'module'],
  // The SDK's ES modules need no createRequire shim and are a third smaller than its CommonJS.
  mainFields: ['module', 'main'],
  legalComments: 'none',
} as const satisfies BuildOptions;

/**
 * Builds the functions into `dist`. One file each: on a cold start the number of files costs more than their bytes.
 *
 * @param options What is otherwise than in a deployment.
 */
export async function buildFunctions({
  plugins = [],
  ...options
}: Pick<BuildOptions, 'outdir' | 'minify' | 'plugins'> = {}): Promise<void> {
  const { outputFiles } = await build({
    ...functionOptions,
    entryPoints: {
      index: join(directory, 'src/index.ts'),
      'authorizer/index': join(directory, 'src/authorizer/index.ts'),
      'key-authorizer/index': join(directory, 'src/authorizer/keys-only.ts'),
    },
    outdir: join(directory, 'dist'),
    plugins: [...plugins, builtinModules, leaveOutUnused],
    alias: { '@aws-sdk/credential-provider-node': join(directory, 'src/credentials.ts') },
    write: false,
    ...options,
  });
  const notices = await readFile(join(directory, 'THIRD-PARTY-NOTICES.txt'));
  const files = outputFiles.flatMap(({ path, contents }) => [
    { path, contents },
    // Anyone who is given the code is given the licences of what is in it: https://www.apache.org/licenses/LICENSE-2.0#redistribution
    { path: join(dirname(path), 'THIRD-PARTY-NOTICES.txt'), contents: notices },
  ]);
  await Promise.all(files.map(({ path, contents }) => update(path, contents)));
}

/** Changes a file at once, and only where it has to: another process may be reading it. */
async function update(path: string, contents: Uint8Array): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const whole = `${path}.${process.pid}`;
  await writeFile(whole, contents);
  await rename(whole, path);
}

if (import.meta.main) {
  process.stderr.write('Building the functions ...\n');
  await buildFunctions();
}
