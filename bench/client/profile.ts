import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type CpuProfile,
  moduleAt,
  modulesOf,
  momentsOf,
  profileOf,
  readProfiles,
} from '../measure/cpu-profile.ts';
import { bundleSource } from './bundles.ts';

/** Profiles a process that imports our client and then does some work the given number of times. */
export async function profile(
  directory: string,
  url: string,
  work: 'ask' | 'stream',
  times: number,
): Promise<CpuProfile> {
  const { file } = await bundleSource(join(directory, 'profile'), { minify: false });
  const profiles = join(directory, `profile-${work}-${times}`);
  await promisify(execFile)(process.execPath, [
    '--cpu-prof',
    '--cpu-prof-interval=200',
    `--cpu-prof-dir=${profiles}`,
    join(directory, 'repeat.mjs'),
    file,
    url,
    work,
    String(times),
  ]);
  const modules = await modulesOf(file);
  const fileOf = (path: string, line: number) =>
    path.startsWith('file:') ? (moduleAt(modules, line) ?? 'benchmark') : path || 'V8';
  const moments = (await readProfiles(profiles)).flatMap((recorded) =>
    momentsOf(
      recorded,
      ({ callFrame: { functionName, url: path, lineNumber } }) =>
        `\`${functionName || '(anonymous)'}\` ${fileOf(path, lineNumber)}`,
    ),
  );
  return profileOf(moments, partOf);
}

function partOf(owner: string): string {
  const file = owner.split(' ').at(-1) ?? '';
  if (file.startsWith('node:internal/deps/undici/')) return "undici, which is Node's fetch";
  if (file.startsWith('node:')) return 'the rest of Node';
  if (file.startsWith('client-sdk/')) return 'ours';
  return file.startsWith('ky/') ? 'ky' : 'V8: system calls, garbage collection, promises, JSON';
}
