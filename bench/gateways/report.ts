import { machine, spread, table } from '../markdown.ts';
import { type CpuProfile, profileTables } from '../measure/cpu-profile.ts';
import type { Statistics } from '../measure/statistics.ts';
import { type GatewayAim, isOurs } from './aims.ts';
import { concurrencies, type Effort, transfers } from './measure.ts';
import type { GatewayResult } from './results.ts';
import type { Stage } from './stages.ts';
import type { Transfer } from './subjects.ts';
import { pieces } from './upstream-api.ts';

/** Everything that was measured in one run. */
export interface GatewaysReport {
  readonly effort: Effort;
  readonly results: readonly GatewayResult[];
  readonly stages: readonly Stage[];
  readonly aims: readonly GatewayAim[];
  /** Only for transfers with a missed aim. */
  readonly profiles: Partial<Readonly<Record<Transfer, CpuProfile>>>;
}

/** As Markdown. */
export function reportText({ effort, results, stages, aims, profiles }: GatewaysReport): string {
  return `# The proxy compared with other gateways

Written by \`npm run bench\` (\`bench/gateways\`) on ${new Date().toISOString().slice(0, 10)}: ${machine()}.
Ratios carry over to other machines, milliseconds do not. Nothing was measured on AWS.

${transfers.map((transfer) => loadTables(results, transfer)).join('\n\n')}

## What the ledger costs

A call under limits makes two writes: the first reserves its worst case (the hold), the second replaces the hold by the
true cost (the settlement). The table compares the time that this proxy adds with limits on with two bare \`UpdateItem\`s, one
after the other, by the AWS SDK from the load generator to the same DynamoDB server (dynalite, in its own process), under
the same load. That server is the bottleneck. There is no ranking, because the other gateways count nothing.

${ledgerTable(results)}

## Where the time of an answer goes

CPU time of a request by how far it gets, under 32 callers. It is the time of the gateway's process; for the calls to
Bedrock alone, it is that of a process that does nothing else. The difference between a refusal by the function and an
answer is mostly the call to Bedrock. The AWS SDK makes it. A gateway that passes requests on, or that signs them and reads
the frames of a stream itself, does not have this cost.

${table(
  ['request', 'CPU, ms'],
  stages.map(({ name, cpuMilliseconds }) => [name, cpuMilliseconds.toFixed(2)]),
)}

## Method

- Added: the caller's wait for the answer, minus the time of the same call straight to the upstream in the same round. First
  piece: the same, up to the first bytes of the answer's text.
- Each gateway, the upstream, DynamoDB and the load generator have their own process. The load generator is a closed loop
  over \`node:http\` with connections kept alive: each of 1, 32 or 128 callers asks again as soon as it has its answer.
- ${effort.rounds} rounds after a warm-up. In each, every gateway has every load for ${effort.load} ms, those under the same load one
  after the other, in a new random order. Medians of the rounds, and the quartiles in brackets.
- The upstream answers at once, with prepared bytes: whole, or in ${pieces.length} pieces of text, each written alone. So at 32 and
  128 a gateway is saturated, and the time it adds is mostly waiting for the machine's cores.
- This proxy is the local gateway: the synthesized template interpreted, the built Lambda bundle in a worker, an API
  key, and throttle and quota of a usage plan, each checked for every request. It calls Converse and signs. It reports
  the cost and logs a line with metrics for each request.
- @portkey-ai/gateway, as \`npx\` starts it, without keys or limits. With provider \`bedrock\` and a custom host it does the same
  job: it signs, calls Converse and translates. With provider \`openai\` it passes chat completions on. Streaming
  that way, it answers 500, because it adds headers to a response that cannot be changed.
- @musistudio/llms, without its log, keys or limits. It does not support Bedrock; it passes chat completions on unchanged, which
  is the least that a gateway can do.
- Left out: @maximhq/bifrost (its package only downloads a program from elsewhere), @nullplatform/llm-gateway 2.0.11 and
  @musistudio/claude-code-router 3.1.1 (cannot be installed from npm: each needs a package or a version that does not exist there),
  express-gateway (not a gateway for models; last published years ago), LiteLLM and others that are not on npm.
- CPU and memory: of the gateway's processes, from Linux's \`/proc\`. Both ways of Portkey are one process.

## Aims

${table(
  ['aim', 'found', ''],
  aims.map(({ aim, found, met }) => [aim, found, met ? 'met' : '**missed**']),
)}
${transfers.map((transfer) => explanation(transfer, profiles[transfer])).join('')}`;
}

/** A model's time for an answer, which the added time is compared with. The same as in docs/cost.md. */
const answerMs = 2000;

/** The time that this proxy adds to an answer, one call at a time. */
export function headlineOf(results: readonly GatewayResult[]): string | undefined {
  const alone = results.filter(({ transfer, concurrency }) => transfer === 'whole' && concurrency === 1);
  const gateways = alone
    .filter(({ subject }) => subject.kind === 'gateway')
    .sort((a, b) => a.added.median - b.added.median);
  const own = gateways.find(({ subject }) => isOurs(subject));
  const fastest = gateways.find(({ subject }) => !isOurs(subject));
  const counting = alone.find(({ subject }) => subject.kind === 'counting');
  if (!own || !counting || !fastest) return undefined;
  const share = ({ added }: GatewayResult) => `${((100 * added.median) / answerMs).toFixed(1)} %`;
  const ms = ({ added }: GatewayResult) => `${number(added, 2)} ms`;
  return (
    `**The proxy adds ${ms(own)} to an answer, and ${ms(counting)} with limits on**, one call at a time. That is ` +
    `${share(own)} and ${share(counting)} of an answer for which the model takes ${answerMs / 1000} s. The fastest of the ` +
    `other gateways, which count nothing, adds ${ms(fastest)}.`
  );
}

const number = ({ median }: Statistics, digits: number): string => median.toFixed(digits);

function loadTables(results: readonly GatewayResult[], transfer: Transfer): string {
  const tables = concurrencies.map((concurrency) => {
    const under = results.filter((each) => each.transfer === transfer && each.concurrency === concurrency);
    const ranked = under
      .filter(({ subject }) => subject.kind === 'gateway')
      .sort((a, b) => a.added.median - b.added.median);
    const counting = under.filter(({ subject }) => subject.kind === 'counting');
    const head = [
      `${concurrency} at once`,
      ...(transfer === 'streamed' ? ['added to the first piece, ms'] : []),
      'added, ms',
      'requests a second',
      'errors',
      'CPU s per 1,000',
      'memory, MB',
    ];
    const rows = [...ranked, ...counting].map((each) => [
      each.subject.title,
      ...(transfer === 'streamed' ? [spread(each.addedToFirstPiece)] : []),
      spread(each.added),
      spread(each.perSecond, 0),
      each.errors.length === 0 ? '0' : `**${each.errors.length}**`,
      number(each.cpuSecondsPerThousand, 2),
      each.residentMegabytes.toFixed(0),
    ]);
    return table(head, rows);
  });
  const errors = new Set(results.filter((each) => each.transfer === transfer).flatMap(saidOf));
  const said = errors.size === 0 ? '' : `\n\nThe errors: ${[...errors].slice(0, 5).join('; ')}.`;
  return `## ${transfer === 'whole' ? 'Answers' : 'Streams'}\n\n${tables.join('\n\n')}${said}`;
}

/** The errors, without the parts that differ from one call to the next. */
function saidOf({ subject, errors }: GatewayResult): string[] {
  return errors.map((error) => {
    const code = /"code":"(\w+)"/.exec(error)?.[1];
    return `${subject.title}: \`${code ?? error.slice(0, 80).replaceAll(/[`\n|]/g, ' ')}\``;
  });
}

function ledgerTable(results: readonly GatewayResult[]): string {
  const find = (kind: string, concurrency: number, transfer: Transfer = 'whole') =>
    results.find(
      (each) => each.subject.kind === kind && each.concurrency === concurrency && each.transfer === transfer,
    );
  const rows = concurrencies.flatMap((concurrency) => {
    const [counting, writes] = [find('counting', concurrency), find('writes', concurrency)];
    if (!counting || !writes) return [];
    const times = (counting.added.median / writes.added.median).toFixed(2);
    return [[String(concurrency), spread(counting.added), spread(writes.added), times]];
  });
  return table(['at once', 'added with the ledger on, ms', 'two bare `UpdateItem`s, ms', 'ratio'], rows);
}

function explanation(transfer: Transfer, profile: CpuProfile | undefined): string {
  if (!profile) return '';
  return `
## Why an aim is missed: ${transfer}

\`node --cpu-prof\` of this proxy under 32 callers, its functions built with their names; both threads together, without
waiting. Time in Node's own code counts towards the function that called it.

${profileTables(profile)}
`;
}
