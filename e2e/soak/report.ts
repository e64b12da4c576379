import { cpus } from 'node:os';
import type { SoakOptions, SoakResult } from './run.ts';
import { openTeams, teams } from './teams.ts';
import { memoryCurves, toleratedGrowth } from './verdict.ts';

/** The report of a soak without a fault, as Markdown. */
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
${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${callers} callers at once. The run used the client, the local gateway with the synthesized template and
the built functions, the simulated Bedrock over the wire, and DynamoDB in memory. Clients, gateway and servers had a process each.
To repeat: \`npm run soak -- --requests ${requests} --seed ${seed}\`. The seed decides the faults, but not which calls they hit or how often.

${Math.round(seconds)} s, ${(requests / seconds).toFixed(0)} requests per second; ${bills.received.bedrock.toLocaleString('en')} calls reached Bedrock, ${bills.received.dynamodb.toLocaleString('en')} DynamoDB. The functions were
killed ${kills} times, with calls in flight. The gateway's clock passed the end of a month halfway.

## Accounts

Bedrock keeps its own record of each team's bill, apart from the ledger.

- ${accounts.length} teams with ${sum(teams.map(({ keys }) => keys.length))} keys made at run time, ${limited} of them with limits that run out. No limit was passed.
- The ledger has at least as much for each team as Bedrock billed: ${total(sum(accounts.map(({ recorded }) => recorded.tokens)))} tokens against ${total(sum(accounts.map(({ billed }) => billed.tokens)))}.
- ${audit.exact} teams met no fault that leaves the bill unknown. Their records equal their bills, to the request and the token.
- The others have at most one extra hold (a reserved worst case) for each such fault. There were ${total(sum(accounts.map(({ billed }) => billed.ambiguous)))}, besides the kills.
- Once the time of the calls in flight was over, no hold was left.

## Memory

Measured after garbage collection in every thread, with nothing in flight, at the end of each round after the last kill.
The soak fails if the median of the last third of these rounds is more than ${toleratedGrowth * 100} % above that of the first third.

${memoryTable(result)}

${memoryRows(result)}

Sockets of the gateway's process: ${before.gateway.sockets} before, ${samples.at(-1)?.gateway.sockets} at the end of the last round, ${after.gateway.sockets} after clients and functions ended.

## Faults

${countTable('Bedrock', bills.faults.bedrock)}

${countTable('DynamoDB', bills.faults.dynamodb)}

${countTable('the caller', Object.fromEntries(result.behaviours))}

## Outcomes

Every request ended with a value or with an error of the client's contract, and its faults explain that outcome.

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
    ['MB', 'first', 'last', 'last third over first', 'bytes per request'],
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
