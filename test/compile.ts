import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';

const require = createRequire(import.meta.url);

/** The native compiler, because it is much faster. */
const compiler = join(dirname(require.resolve('typescript-7/package.json')), 'bin/tsc');

/**
 * Compiles all files of a folder, without output.
 *
 * @param settings Of tsconfig.json, which is written there.
 * @returns The faults, a line each: `snippet.ts(3,7): error TS2322: ...`. A file is named as it is below the folder.
 */
export async function faultsIn(folder: string, settings: object): Promise<string[]> {
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  const { code, stdout } = await runProgram(process.execPath, [compiler, '--pretty', 'false', '-p', folder], {
    cwd: folder,
    env: process.env,
  });
  const faults = stdout.split('\n').filter(Boolean);
  if ((code === 0) !== (faults.length === 0)) throw new Error(`The compiler ended with ${code}: ${stdout}`);
  return faults;
}
