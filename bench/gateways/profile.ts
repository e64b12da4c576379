import { readdir, readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { synthesize } from '@org/infra/stack';
import lambdaBuild from '@org/lambda/tsup-config';
import { build } from 'tsup';
import { configOf } from './config.ts';
import { startLoadGenerator } from './load-generator.ts';
import { ourCalls, startGatewayProcess, type Transfer, type Upstreams } from './subjects.ts';

/** A part of the time in which a process did something. */
export interface Share {
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** Where the time of our gateway goes under load: of both of its threads together, without waiting. */
export interface GatewayProfile {
  /** By whose code it is, the most expensive first. */
  readonly parts: readonly Share[];
  /** By function: the time in it and in what it calls of Node. */
  readonly functions: readonly Share[];
}

/** Runs our gateway under `--cpu-prof`, with functions that are built with their names. */
export async function profileOurs(
  directory: string,
  upstreams: Upstreams,
  { transfer, milliseconds }: { readonly transfer: Transfer; readonly milliseconds: number },
): Promise<GatewayProfile> {
  const lambdaDirectory = join(directory, 'named-functions');
  const lambdaPackage = dirname(fileURLToPath(import.meta.resolve('@org/lambda/tsup-config')));
  await build({
    ...lambdaBuild,
    entry: Object.fromEntries(
      Object.entries(lambdaBuild.entry).map(([name, source]) => [name, join(lambdaPackage, source)]),
    ),
    config: false,
    silent: true,
    minify: false,
    outDir: lambdaDirectory,
  });
  const assembly = join(directory, 'profiled');
  synthesize(configOf({ ledger: false }), { outdir: assembly, lambdaDirectory });
  const profiles = join(directory, 'profiles');
  const options = [`--cpu-prof`, `--cpu-prof-dir=${profiles}`];
  const gateway = await startGatewayProcess(assembly, upstreams, options);
  const generator = await startLoadGenerator();
  const work = ourCalls(gateway.started)[transfer];
  if (!work) throw new Error(`Ours has no ${transfer} call.`);
  await generator.ask({ work, concurrency: 32, milliseconds });
  await generator.stop();
  await gateway.stop();

  const modules = modulesOf(await readFile(join(lambdaDirectory, 'index.mjs'), 'utf8'));
  const parts = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  for (const file of await readdir(profiles)) {
    const recorded: Profiler.Profile = JSON.parse(await readFile(join(profiles, file), 'utf8'));
    for (const { owner, time } of ownersOf(recorded, modules)) {
      total += time;
      parts.set(partOf(owner), time + (parts.get(partOf(owner)) ?? 0));
      functions.set(owner, time + (functions.get(owner) ?? 0));
    }
  }
  const shares = (times: ReadonlyMap<string, number>): Share[] =>
    [...times].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
  return { parts: shares(parts), functions: shares(functions) };
}

type Modules = readonly { readonly line: number; readonly name: string }[];

/** Where each source file begins in a bundle: esbuild says so in a comment. */
function modulesOf(bundle: string): Modules {
  return bundle.split('\n').flatMap((text, line) => {
    const path = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(text)?.[1];
    return path === undefined
      ? []
      : [{ line, name: path.replace(/^.*(?:node_modules|packages|\.\.)\//, '') }];
  });
}

/** Each sample's time, with the innermost function around it that is not Node's own: `FUNCTION FILE`. */
function ownersOf(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  modules: Modules,
): { readonly owner: string; readonly time: number }[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const ownerOf = (id: number): string | undefined => {
    const frame = byId.get(id)?.callFrame;
    if (!frame || frame.functionName === '(idle)') return undefined;
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const around = byId.get(at)?.callFrame;
      const file = around && fileOf(around, modules);
      if (file) return `\`${around.functionName || 'anonymous'}\` ${file}`;
    }
    return 'Node';
  };
  const owners = new Map(nodes.map(({ id }) => [id, ownerOf(id)]));
  return samples.flatMap((id, index) => {
    const owner = owners.get(id);
    return owner === undefined ? [] : [{ owner, time: timeDeltas[index] ?? 0 }];
  });
}

function fileOf(
  { url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame'],
  modules: Modules,
): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  if (!url.endsWith('/index.mjs')) return url.replace(/^.*\/(node_modules|packages)\//, '');
  return modules.findLast(({ line }) => line <= lineNumber)?.name;
}

function partOf(owner: string): string {
  const file = owner.split(' ').at(-1) ?? '';
  if (/^(@aws|@smithy|@aws-sdk|@aws-crypto)/.test(file)) return 'the AWS SDK, and what it calls of Node';
  if (file.startsWith('lambda/')) return 'our function';
  if (file.startsWith('local/')) return 'our gateway';
  if (owner === 'Node') return 'Node itself: HTTP, sockets, garbage collection';
  return 'zod and other packages';
}
