import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { synthesize } from '@org/infra/stack';
import { buildFunctions } from '@org/lambda/build';
import { config } from '../config.ts';
import {
  type CpuProfile,
  type Modules,
  moduleAt,
  modulesOf,
  momentsOf,
  profileOf,
  readProfiles,
  shortName,
} from '../measure/cpu-profile.ts';
import { startLoadGenerator } from './load-generator.ts';
import { ourCalls, startGatewayProcess, type Transfer, type Upstreams } from './subjects.ts';

/** Runs our gateway under `--cpu-prof`, with functions built to keep their names. */
export async function profileOurs(
  directory: string,
  upstreams: Upstreams,
  { transfer, milliseconds }: { readonly transfer: Transfer; readonly milliseconds: number },
): Promise<CpuProfile> {
  const lambdaDirectory = join(directory, 'named-functions');
  await buildFunctions({ outdir: lambdaDirectory, minify: false });
  const assembly = join(directory, 'profiled');
  synthesize(config, { outdir: assembly, lambdaDirectory });
  const profiles = join(directory, 'profiles');
  const options = [`--cpu-prof`, `--cpu-prof-dir=${profiles}`];
  const gateway = await startGatewayProcess(assembly, 'unlimited-key', upstreams, options);
  const generator = await startLoadGenerator();
  const work = ourCalls(gateway.started)[transfer];
  if (!work) throw new Error(`Ours has no ${transfer} call.`);
  await generator.ask({ work, concurrency: 32, milliseconds });
  await generator.stop();
  await gateway.stop();

  const modules = await modulesOf(join(lambdaDirectory, 'index.mjs'));
  const moments = (await readProfiles(profiles)).flatMap((recorded) =>
    momentsOf(recorded, ownersIn(recorded, modules)),
  );
  return profileOf(moments, partOf);
}

/** Counts a function's time towards the innermost caller that is not Node's own code. */
function ownersIn(
  { nodes }: Profiler.Profile,
  modules: Modules,
): (node: Profiler.ProfileNode) => string | undefined {
  const parents = new Map(
    nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
  );
  return (node) => {
    for (let around: Profiler.ProfileNode | undefined = node; around; around = parents.get(around.id)) {
      const file = fileOf(around.callFrame, modules);
      if (file) return `\`${around.callFrame.functionName || 'anonymous'}\` ${file}`;
    }
    return 'Node';
  };
}

function fileOf(
  { url, lineNumber }: Profiler.ProfileNode['callFrame'],
  modules: Modules,
): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  return url.endsWith('/index.mjs') ? moduleAt(modules, lineNumber) : shortName(url);
}

function partOf(owner: string): string {
  const file = owner.split(' ').at(-1) ?? '';
  if (/^(@aws|@smithy|@aws-sdk|@aws-crypto)/.test(file)) return 'the AWS SDK, and what it calls of Node';
  if (file.startsWith('lambda/')) return 'our function';
  if (file.startsWith('local/')) return 'our gateway';
  if (owner === 'Node') return 'Node itself: HTTP, sockets, garbage collection';
  return 'zod and other packages';
}
