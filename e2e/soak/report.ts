import { cpus } from 'node:os';
import type { SoakOptions, SoakResult } from './run.ts';
import { openTeams, teams } from './teams.ts';
import { memoryCurves, toleratedGrowth } from './verdict.ts';

/** A soak in which nothing was wrong, as Markdown. */
export function reportText(
  result: SoakResult,
  { requests, seed, callers }: Pick<SoakOptions, 'requests' | 'seed' | 'callers'>,
): string {
  const { seconds, bills, audit, kills, before, after, samples } = result;
  const accounts = audit.accounts;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const limited = teams.length - openTeams.length;
  return `# Soak: ${requests.toLocaleString('en')} requests among faults

Written by \`npm run soak\` (\`e2e/soak\`) on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, dynalite 4.0.0,
${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${callers} callers at once. The client, the local gateway with the synthesized template and the
built functions, the simulated Bedrock over the wire, DynamoDB in memory; clients, gateway and servers in a process each.
Again: \`npm run soak -- --requests ${requests} --seed ${seed}\`. Which faults are met is the seed's; what they hit, and how often, is not.

${Math.round(seconds)} s, ${(requests / seconds).toFixed(0)} requests a second; ${bills.received.bedrock.toLocaleString('en')} calls reached Bedrock, ${bills.received.dynamodb.toLocaleString('en')} DynamoDB. The functions were
killed ${kills} times, with calls in flight. The gateway's clock passed the end of a month halfway.

## Accounts

Bedrock keeps a record of its own of what it bills each team, and knows nothing of the ledger.

- ${accounts.length} teams with ${sum(teams.map(({ keys }) => keys.length))} keys made at run time, ${limited} of them with limits that run out. No limit was passed.
- No team has less on the ledger than Bedrock billed it: ${total(sum(accounts.map(({ recorded }) => recorded.tokens)))} tokens against ${total(sum(accounts.map(({ billed }) => billed.tokens)))}.
- ${audit.exact} teams met nothing after which nobody can know what was billed. Theirs is the same, to the request and the token.
- The others have at most one hold more for each such fault; there were ${total(sum(accounts.map(({ billed }) => billed.ambiguous)))}, and the kills.
- When their time was over, nothing was held any more for calls in flight.

## Memory

After garbage collection in every thread, when nothing was in flight, at the end of each round after the last kill. The
soak fails where the median of the last third of these rounds is more than ${toleratedGrowth * 100} % above that of the first third.

${memoryTable(result)}

${memoryRows(result)}

Sockets of the gateway's process: ${before.gateway.sockets} before, ${samples.at(-1)?.gateway.sockets} at the end of the last round, ${after.gateway.sockets} when clients and functions were gone.

## Faults

${countTable('Bedrock', bills.faults.bedrock)}

${countTable('DynamoDB', bills.faults.dynamodb)}

${countTable('the caller', Object.fromEntries(result.behaviours))}

## What requests came to

Every one came to a value or to an error of the client's contract, and to none that its faults do not explain.

${countTable('request', Object.fromEntries(result.outcomes))}
`;
}

const total = (count: number): string => count.toLocaleString('en');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function countTable(name: string, counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  return table(
    [name, 'times'],
    rows.map(([label, count]) => [label, total(count)]),
  );
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function memoryTable(result: SoakResult): string {
  return table(
    ['MB', 'at first', 'at last', 'last third over first', 'bytes a request'],
    memoryCurves(result).map(({ name, values, growth, bytesPerRequest }) => [
      name,
      megabytes(values[0] ?? Number.NaN),
      megabytes(values.at(-1) ?? Number.NaN),
      `${(growth * 100).toFixed(1)} %`,
      bytesPerRequest.toFixed(0),
    ]),
  );
}

/** About ten of the rounds. */
function memoryRows(result: SoakResult): string {
  const curves = memoryCurves(result);
  const step = Math.max(1, Math.round(result.settled.length / 10));
  const rows = result.settled.flatMap(({ requests }, index) =>
    index % step === 0 || index === result.settled.length - 1
      ? [[total(requests), ...curves.map(({ values }) => megabytes(values[index] ?? Number.NaN))]]
      : [],
  );
  return table(['requests', ...curves.map(({ name }) => name)], rows);
}
