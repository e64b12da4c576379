import { readdir, readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { table } from '../markdown.ts';

/** A part of the time in which a process was busy. */
export interface Share {
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** Where the time of a process goes, without waiting; the most expensive first. */
export interface CpuProfile {
  /** By owner of the code. */
  readonly parts: readonly Share[];
  /** By function: `FUNCTION` FILE. */
  readonly functions: readonly Share[];
}

/** A moment of a profile: the function it counts for, and its length. */
export interface Moment {
  readonly owner: string;
  readonly time: number;
}

/** Reads what `node --cpu-prof` wrote to a directory: a profile for each thread. */
export async function readProfiles(directory: string): Promise<Profiler.Profile[]> {
  const files = await readdir(directory);
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(directory, file), 'utf8'))));
}

/** The moments of a profile, without those in which the process only waits. */
export function momentsOf(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  ownerOf: (node: Profiler.ProfileNode) => string | undefined,
): Moment[] {
  const owners = new Map(nodes.map((node) => [node.id, isIdle(node) ? undefined : ownerOf(node)]));
  return samples.flatMap((id, index) => {
    const owner = owners.get(id);
    return owner === undefined ? [] : [{ owner, time: timeDeltas[index] ?? 0 }];
  });
}

const isIdle = ({ callFrame }: Profiler.ProfileNode) => callFrame.functionName === '(idle)';

/** @param partOf The owner of a function's code. */
export function profileOf(moments: readonly Moment[], partOf: (owner: string) => string): CpuProfile {
  const total = moments.reduce((sum, { time }) => sum + time, 0);
  const sharesBy = (nameOf: (moment: Moment) => string): Share[] =>
    [...Map.groupBy(moments, nameOf)]
      .map(([name, own]) => ({ name, share: own.reduce((sum, { time }) => sum + time, 0) / total }))
      .sort((a, b) => b.share - a.share);
  return { parts: sharesBy(({ owner }) => partOf(owner)), functions: sharesBy(({ owner }) => owner) };
}

/** The profile as Markdown. */
export function profileTables({ parts, functions }: CpuProfile): string {
  const rows = (shares: readonly Share[]) =>
    shares.map(({ name, share }) => [`${(share * 100).toFixed(1)} %`, name]);
  return `${table(['share', 'code'], rows(parts))}

${table(['share', 'function'], rows(functions.slice(0, 20)))}`;
}

/** Where each source file begins in a bundle: esbuild says so in a comment. */
export type Modules = readonly { readonly line: number; readonly name: string }[];

/** @param bundle Path of one that is not minified. */
export async function modulesOf(bundle: string): Promise<Modules> {
  const lines = (await readFile(bundle, 'utf8')).split('\n');
  return lines.flatMap((text, line) => {
    const path = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(text)?.[1];
    return path === undefined ? [] : [{ line, name: shortName(path) }];
  });
}

export function moduleAt(modules: Modules, line: number): string | undefined {
  return modules.findLast((module) => module.line <= line)?.name;
}

/** A source file's path, from its package's name on. */
export const shortName = (path: string): string => path.replace(/^.*(?:node_modules|packages|\.\.)\//, '');
