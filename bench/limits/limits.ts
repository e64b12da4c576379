import { amountsOf } from '@org/lambda/ledger/amounts';
import { CounterTable } from '@org/lambda/ledger/counter-table';
import { createLedger, type Ledger } from '@org/lambda/ledger/ledger';
import type { Scope } from '@org/lambda/ledger/scope';
import { race } from '@org/lambda/testing/ledger/racer';
import { startTestTable, tableName } from '@org/table/testing/test-table';
import { machine, table as markdownTable } from '../markdown.ts';
import { bareUpdate } from '../measure/bare-update.ts';
import { statisticsOf } from '../measure/statistics.ts';
import { timed } from '../measure/turns.ts';
import { publish } from '../part.ts';
import { checkThenRecord } from './check-then-record.ts';
import { spreadOf } from './spread.ts';
import { type Asking, strandedOf } from './stranded.ts';

/** Measures whether the ledger's limits hold and what the ledger costs, and writes the report. */
const at = Date.parse('2026-11-22T12:00:00Z');
const call = { ...amountsOf(() => 50), requests: 1 };
const { signal } = new AbortController();

const table = await startTestTable();
const ledger = createLedger(new CounterTable({ client: table.client, table: tableName }), 'UTC');

/** How many calls are admitted of so many callers at once, under a limit of 100 requests. */
async function admittedOf(candidate: Pick<Ledger, 'hold'>, callers: number): Promise<number> {
  const scope: Scope = { kind: 'team', id: crypto.randomUUID(), limits: { requests: { month: 100 } } };
  const share = {
    ...{ scope, calls: callers, worstCase: call, trueCost: call },
    ...{ at, timeZone: 'UTC', retry: false },
  };
  return (await race(share, candidate)).admitted;
}

const raceHead = [
  'callers at once',
  'admitted by the ledger',
  'admitted by check-then-record',
  'overshoot of the latter',
];
const raceRows: string[][] = [];
let mostAdmitted = 0;
for (const callers of [200, 1000]) {
  const ours = await admittedOf(ledger, callers);
  const naive = await admittedOf(checkThenRecord(table.client, tableName), callers);
  mostAdmitted = Math.max(mostAdmitted, ours);
  raceRows.push([
    String(callers),
    String(ours),
    String(naive),
    `${naive - 100} calls over (${(naive / 100).toFixed(1)} times the limit)`,
  ]);
}

const scope: Scope = {
  kind: 'team',
  id: 'timed',
  limits: {
    requests: { day: 1e6, month: 1e7 },
    tokens: { day: 1e9, month: 1e10 },
    usd: { day: 1e6, month: 1e7 },
  },
};
const times: Record<'hold' | 'settle' | 'bare', number[]> = { hold: [], settle: [], bare: [] };
for (let round = 0; round < 600; round += 1) {
  let settle: () => Promise<unknown> = async () => undefined;
  const hold = await timed(async () => {
    const held = await ledger.hold(
      { scopes: [scope], worstCase: call, duration: 'short', at },
      { hold: signal, settle: signal },
    );
    settle = () => held.settle(call, signal);
  });
  const settled = await timed(() => settle());
  const bare = await timed(() => bareUpdate(table.client, tableName));
  // The first rounds warm up the code on both ends.
  if (round < 100) continue;
  times.hold.push(hold);
  times.settle.push(settled);
  times.bare.push(bare);
}

const asking: Asking = { max: 500_000, promptBytes: 100_000, maxTokens: 1024, answerTokens: 300 };
const byBytes = await strandedOf(ledger, asking, { counting: false, at });
const byCount = await strandedOf(ledger, asking, { counting: true, at });
const inShards = await strandedOf(ledger, { ...asking, shards: 4 }, { counting: true, at });
const store = new CounterTable({ client: table.client, table: tableName });
const spread = [];
for (const shards of [1, 4, 16]) spread.push({ shards, ...(await spreadOf(store, shards, at)) });
table.close();

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const median = (values: readonly number[]) => statisticsOf(values).median;
const [hold, settle, bare] = [median(times.hold), median(times.settle), median(times.bare)];
const strandedHead = ['before it is refused', 'prompts answered', 'of the limit left over'];
const strandedRows = [
  ['held by its bytes', String(byBytes.answered), percent(byBytes.share)],
  ['counted, and held again', String(byCount.answered), percent(byCount.share)],
  ['the same over 4 shards', String(inShards.answered), percent(inShards.share)],
];
const text = `# Limits: the race, and what the ledger costs

Written by \`npm run bench\` (\`bench/limits/limits.ts\`): ${machine()},
dynalite 4.0.0 in the same process. Ratios carry over to other machines, milliseconds do not:
on AWS a write to DynamoDB takes single-digit milliseconds, mostly network. Nothing was measured there.

## Overshoot

A limit of 100 requests and many callers at once, without retries. "Check, then record" reads the usage and
adds the cost when the call is done; it was written for this comparison, in \`bench/limits/check-then-record.ts\`.

${markdownTable(raceHead, raceRows)}

The tests run the same race from four processes, for requests, tokens and USD
(\`packages/lambda/src/ledger/race.test.ts\`).

## What is left over

A hold reserves the most that a call can cost, so near its end a limit refuses calls that would have fit. A limit of
${asking.max.toLocaleString('en')} tokens, prompts of ${asking.promptBytes.toLocaleString('en')} bytes of English (the documents of this repository), \`maxTokens\` of ${asking.maxTokens},
answers of ${asking.answerTokens} tokens, one prompt after the other until one is refused. The true tokens are counted with the
tokenizer that Anthropic has published, for an older Claude.

${markdownTable(strandedHead, strandedRows)}

If Bedrock counts, less is left over than the tokens of one more call, including its \`maxTokens\`.

## Over shards

2,000 calls of one team, 32 at once, with its counters in one item and over shards. An item of DynamoDB takes about 1,000 writes a
second, and dynalite has no such limit: it is one process, so what shards add to its work makes it slower here. What they gain
on AWS was not measured; what the busiest item has to do was counted.

${markdownTable(
  [
    'shards',
    'writes of the busiest item, a call',
    'reads of the busiest item, a call',
    'calls a second here',
  ],
  spread.map(({ shards, writes, reads, callsPerSecond }) => [
    String(shards),
    writes.toFixed(2),
    reads.toFixed(2),
    callsPerSecond.toFixed(0),
  ]),
)}

## Added time

One call at a time, six limits in force, medians of ${times.hold.length} rounds, interleaved with a bare \`UpdateItem\` of one
attribute to the same server.

${markdownTable(
  ['', 'ms', 'over a bare UpdateItem'],
  [
    ['hold', hold.toFixed(2), (hold / bare).toFixed(2)],
    ['settle', settle.toFixed(2), (settle / bare).toFixed(2)],
    [
      'both, before and after a model call',
      (hold + settle).toFixed(2),
      `${((hold + settle) / bare).toFixed(2)} (two bare ones: 2.00)`,
    ],
  ],
)}

By a profile, made once, the ledger's own code is 2 % of the CPU time that hold and settle take in the function, and dynalite
spends 36 % of the time here on parsing the condition expression. The condition stays as it is: \`NOT #a > :v\` would be faster
here, but DynamoDB's manual does not say what it means for a missing attribute.
`;
const [callers, ours, naive] = raceRows.at(-1) ?? [];
await publish(
  {
    title: 'Limits: the race, and what the ledger costs',
    page: 'limits.md',
    about: 'A limit of 100 requests and many callers at once.',
    headline:
      `**Overshoot ${Math.max(0, mostAdmitted - 100)}.** Of ${callers} callers at once under a limit of 100 ` +
      `requests, the ledger admitted ${ours}; a design that checks first and records later admitted ${naive}.`,
    versions: { dynalite: '4.0.0' },
    aims: [
      {
        aim: 'overshoot zero',
        found: `at most ${mostAdmitted} of 100 admitted`,
        met: mostAdmitted <= 100,
      },
      {
        aim: 'less than 5 % of a limit left over by prompts of 100 KB, if Bedrock counts them',
        found: `${percent(byCount.share)}; held by their bytes alone ${percent(byBytes.share)}`,
        met: byCount.share < 0.05,
      },
    ],
    figures: { head: raceHead, rows: raceRows },
  },
  text,
);
