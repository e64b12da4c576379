import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleSource, shortName } from './bundles.ts';

/** A part of the time in which a process did something. */
export interface Share {
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
}

export interface Profile {
  /** The most expensive first. */
  readonly functions: readonly (Share & { readonly file: string })[];
  readonly parts: readonly Share[];
}

/** How a process spends its time: it imports ours and then does this so many times. */
export async function profile(
  directory: string,
  url: string,
  work: 'ask' | 'stream',
  times: number,
): Promise<Profile> {
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
  const [name = ''] = await readdir(profiles);
  const recorded: Profiler.Profile = JSON.parse(await readFile(join(profiles, name), 'utf8'));
  return summarize(recorded, await modulesOf(file));
}

function summarize({ nodes, samples = [] }: Profiler.Profile, modules: Modules): Profile {
  const counts = new Map<number, number>();
  for (const sample of samples) counts.set(sample, (counts.get(sample) ?? 0) + 1);
  const busy = nodes.filter(({ callFrame }) => callFrame.functionName !== '(idle)');
  const functions = new Map<string, { name: string; file: string; share: number }>();
  const parts = new Map<string, Share>();
  const total = busy.reduce((sum, { id }) => sum + (counts.get(id) ?? 0), 0);
  for (const { id, callFrame } of busy) {
    const name = callFrame.functionName || '(anonymous)';
    const file = fileOf(callFrame, modules);
    const part = partOf(file);
    const share = (counts.get(id) ?? 0) / total;
    const place = `${name} ${file}`;
    functions.set(place, { name, file, share: share + (functions.get(place)?.share ?? 0) });
    parts.set(part, { name: part, share: share + (parts.get(part)?.share ?? 0) });
  }
  const expensive = (a: Share, b: Share) => b.share - a.share;
  return {
    functions: [...functions.values()].sort(expensive),
    parts: [...parts.values()].sort(expensive),
  };
}

function fileOf(
  { url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame'],
  modules: Modules,
): string {
  if (url.startsWith('file:')) return modules.findLast(({ line }) => line <= lineNumber)?.name ?? 'benchmark';
  return url || 'V8';
}

function partOf(file: string): string {
  if (file.startsWith('node:internal/deps/undici/')) return 'undici, which is Node’s fetch';
  if (file.startsWith('node:')) return 'the rest of Node';
  if (file.startsWith('src/')) return 'ours';
  return file.startsWith('ky/') ? 'ky' : 'V8: system calls, garbage collection, promises, JSON';
}

type Modules = readonly { readonly line: number; readonly name: string }[];

/** Where each source file begins in a bundle: esbuild says so in a comment. */
async function modulesOf(bundle: string): Promise<Modules> {
  const lines = (await readFile(bundle, 'utf8')).split('\n');
  return lines.flatMap((text, line) => {
    const path = /^\/\/ (\S+\.[jt]s)$/.exec(text)?.[1];
    return path === undefined ? [] : [{ line, name: shortName(path) }];
  });
}
