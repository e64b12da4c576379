import { machine, spread, table } from '../markdown.ts';
import { type ColdStart, wholeOf } from '../measure/cold.ts';
import { type Statistics, statisticsOf } from '../measure/statistics.ts';
import type { DeltaDelay } from './delta-delay.ts';
import type { LongStreams } from './long-streams.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Warm } from './warm.ts';

interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** The functions whose cold starts are compared. */
export type ColdName = 'bare' | 'unlimited' | 'limited';

export const callsBeforeMemory = 200;

/** Everything that was measured in one run. */
export interface Report {
  readonly sdkVersion: string;
  readonly size: Readonly<Record<'proxy' | 'bare', Size>>;
  readonly warm: Warm;
  readonly cold: ReadonlyMap<ColdName, readonly ColdStart[]>;
  /** Of processes that were called {@link callsBeforeMemory} times. */
  readonly memory: ReadonlyMap<ColdName, readonly ColdStart[]>;
  readonly longStreams: LongStreams;
  readonly openStreams: Readonly<Record<'bare' | 'proxy', readonly OpenStreams[]>>;
  readonly deltaDelay: DeltaDelay;
}

/** As Markdown. */
export function reportText(report: Report): string {
  return `# The Lambda function: what it adds to a call of the AWS SDK

Written by \`npm run bench\` (\`bench/lambda/lambda.ts\`): ${machine()},
AWS SDK ${report.sdkVersion}. The built bundle is called as the Lambda runtime calls it, over HTTP to a Bedrock that answers with prepared
bytes, and to dynalite 4.0.0, each in its own process. "Bare" only makes the same call with the AWS SDK on its defaults, which
to Bedrock are HTTP/2 and a connection for each call (\`bench/lambda/bare\`). The compared functions take turns in one run. Times
are medians in milliseconds, with the quartiles in brackets. Ratios carry over to other machines, milliseconds do not. Nothing
was measured on AWS.

## Warm calls

${warmCalls(report.warm)}

The ledger's part is two writes to dynalite; [limits.md](limits.md) compares each with a bare \`UpdateItem\`. On AWS a write
to DynamoDB takes single-digit milliseconds.

## Cold starts

Import and first call, in a fresh process. The proxy's build leaves out the parts of the SDK that its functions never run, and loads
Node's own modules without making ES modules of them (\`packages/lambda/build\`); the bare function is bundled unchanged.

${coldStarts(report.cold)}

## Size

${bundleSizes(report.size)}

## A long stream

CPU time, on all threads, to read a stream of ${report.longStreams.events.toLocaleString('en')} events, and in the proxy to write its events to the response.

${longStreams(report.longStreams)}

## Memory

Of the process, after its import and ${callsBeforeMemory} calls one after the other.

${memory(report.memory)}

## Delay of each delta

From the moment when Bedrock sends a piece to the moment when the proxy writes its event to the response, or the
SDK's iterator yields it.

${deltaDelays(report.deltaDelay)}

## Memory of an open stream

${openStreams(report.openStreams)}
`;
}

function warmCalls({ bare, unlimited, limited }: Warm): string {
  const base = statisticsOf(bare);
  const line = (label: string, times: readonly number[]) => {
    const measured = statisticsOf(times);
    return [label, spread(measured), ratio(measured, base)];
  };
  return table(
    [`${base.count} calls each, one at a time`, 'ms', 'over bare'],
    [
      line('bare `ConverseCommand`', bare),
      line('proxy, nothing counted', unlimited),
      line('proxy, six limits in force: a hold before the call, a settlement after it', limited),
    ],
  );
}

function coldStarts(starts: Report['cold']): string {
  const whole = (name: ColdName) => statisticsOf(wholeOf(starts.get(name)));
  const bare = whole('bare');
  const line = (label: string, name: ColdName) => {
    const part = (key: keyof ColdStart) =>
      statisticsOf((starts.get(name) ?? []).map((start) => start[key])).median.toFixed(0);
    return [label, part('import'), part('call'), spread(whole(name), 0), ratio(whole(name), bare)];
  };
  return table(
    [`${bare.count} starts each`, 'import', 'first call', 'both', 'over bare'],
    [
      line('bare', 'bare'),
      line('proxy, nothing counted', 'unlimited'),
      line('proxy, six limits in force', 'limited'),
    ],
  );
}

function bundleSizes({ proxy, bare }: Report['size']): string {
  const line = (label: string, { minified, gzipped }: Size) => [
    label,
    minified.toLocaleString('en'),
    gzipped.toLocaleString('en'),
  ];
  return table(
    ['', 'bytes, minified', 'gzipped'],
    [line('bare `ConverseCommand`', bare), line('proxy, with the client of the ledger', proxy)],
  );
}

function longStreams({ bare, proxy }: LongStreams): string {
  const base = statisticsOf(bare);
  const line = (label: string, times: readonly number[]) => {
    const measured = statisticsOf(times);
    return [label, spread(measured, 0), ratio(measured, base)];
  };
  return table(
    [`${base.count} streams each`, 'ms of CPU', 'over bare'],
    [line('bare iterator of `ConverseStreamCommand`', bare), line('proxy', proxy)],
  );
}

export function memoryOf(starts: readonly ColdStart[] = []): Statistics {
  return statisticsOf(starts.map((start) => start.memory));
}

function memory(starts: Report['memory']): string {
  const line = (label: string, name: ColdName) => [label, spread(memoryOf(starts.get(name)), 1)];
  return table(
    ['', 'MiB'],
    [
      line('bare', 'bare'),
      line('proxy, nothing counted', 'unlimited'),
      line('proxy, six limits in force', 'limited'),
    ],
  );
}

function deltaDelays({ bare, proxy }: DeltaDelay): string {
  const base = statisticsOf(bare);
  const line = (label: string, delays: readonly number[]) => {
    const measured = statisticsOf(delays);
    return [label, spread(measured, 3), ratio(measured, base), (measured.median - base.median).toFixed(3)];
  };
  return table(
    [`${base.count} deltas each`, 'ms', 'over bare', 'added ms'],
    [line('bare iterator of `ConverseStreamCommand`', bare), line('proxy', proxy)],
  );
}

function openStreams({ bare, proxy }: Report['openStreams']): string {
  const line = (label: string, runs: readonly OpenStreams[]) => {
    const kilobytes = (key: 'heap' | 'resident') =>
      (statisticsOf(runs.map((run) => run[key])).median / 1000).toFixed(1);
    return [label, kilobytes('heap'), kilobytes('resident')];
  };
  const count = bare[0]?.openAtOnce ?? 0;
  return table(
    [`${count} open at once, after the first piece`, 'KB of heap and buffers each', 'KB of the process each'],
    [line('bare', bare), line('proxy', proxy)],
  );
}

function ratio(measured: Statistics, base: Statistics): string {
  return (measured.median / base.median).toFixed(2);
}
