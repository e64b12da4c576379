import {
  allCells,
  type Cell,
  type Charge,
  callerNames,
  cellsToRun,
  classNameOf,
  gatewayNames,
  ledgerNames,
  ledgerOf,
  type Outcome,
  outcomeOf,
  type Transfer,
  transfers,
  upstreams,
} from '@org/e2e/fault-matrix';
import { table } from './table.ts';

const fine = {
  gateway: 'lets it through',
  ledger: 'holds and settles',
  upstream: 'answers',
  caller: 'waits for the end',
} as const;

const charges: Readonly<Record<Charge, string>> = {
  cost: 'the true cost',
  hold: 'the whole hold',
  nothing: 'nothing',
};

/** The matrix, as Markdown. */
export function faultDocument(): string {
  const described = (outcome: Outcome): string => {
    const className = classNameOf(outcome);
    return className === undefined ? 'the answer' : `\`${outcome.caller}\` (${className})`;
  };
  const both = (part: Partial<Cell>, text: (outcome: Outcome) => string): string => {
    const [whole, stream] = transfers.map((transfer) => text(outcomeOf({ ...fine, ...part, transfer })));
    return whole === stream ? `${whole}` : `${whole}; of a stream ${stream}`;
  };
  const yes = (value: boolean): string => (value ? 'yes' : 'no');

  const gatewayRows = gatewayNames
    .filter((gateway) => gateway !== fine.gateway)
    .map((gateway) => [
      gateway,
      both({ gateway }, described),
      both({ gateway }, ({ again }) => yes(again)),
      both({ gateway }, ({ calls }) => String(calls)),
      both({ gateway }, ({ charge }) => charges[charge]),
    ]);
  const holdRows = ledgerNames
    .filter((ledger) => ledgerOf({ ledger }).refusal)
    .map((ledger) => [
      ledger,
      both({ ledger }, described),
      both({ ledger }, ({ again }) => yes(again)),
      both({ ledger }, ({ charge }) => charges[charge]),
    ]);
  const upstreamRows = (transfer: Transfer) =>
    Object.keys(upstreams[transfer]).map((upstream) => {
      const outcome = outcomeOf({ ...fine, transfer, upstream });
      return [
        upstream,
        described(outcome),
        yes(outcome.again),
        String(outcome.calls),
        yes(outcome.billed),
        charges[outcome.charge],
      ];
    });
  const settled = ledgerNames.filter((ledger) => !ledgerOf({ ledger }).refusal);
  // The rest of a row depends on the charge in its first part, Bedrock's.
  const charged = new Map(
    allCells().map((cell) => {
      const row = settled.map(
        (ledger) => charges[outcomeOf({ ...cell, ...fine, upstream: cell.upstream, ledger }).charge],
      );
      return [row[0] ?? '', row];
    }),
  );
  const callerRows = callerNames
    .filter((caller) => caller !== fine.caller)
    .map((caller) => [
      caller,
      described(outcomeOf({ ...fine, transfer: 'whole', caller })),
      described(outcomeOf({ ...fine, transfer: 'stream', caller })),
    ]);

  return `# Limits under faults

The outcome of one attempt, and its charge, if something fails: how the answer is sent x API Gateway x the ledger in
DynamoDB x Bedrock x the caller. ${count(allCells().length)} cells, of which each has one outcome, and ${count(cellsToRun().length)} are run through the whole path:
the client, the gateway, the built function, the simulated Bedrock over the wire. They are run once for each API of the
function: its own, OpenAI's chat completions and responses, and Anthropic's messages for Claude and for another model. The
codes and the charges are the same for all APIs; only the proxy's own client has the classes. The recorded amount is never
less than Bedrock billed, and at most one hold (the reserved worst case) more. \`docs-gen/faults-document.test.ts\` writes
this page from \`e2e/faults/fault-matrix.ts\` and fails if it is out of date (\`UPDATE_DOCS=1\` writes it again); the test in
the same folder runs the cells. \`npm run soak\` tries random mixtures of all this, with [these results](benchmarks/soak.md).

**The first part on the way decides.** A request that the gateway refuses never reaches the ledger; a request that the
ledger refuses never reaches Bedrock; only calls that reach Bedrock can be billed. So read the tables below in this order:
the first that applies decides.

"Sent again" means by the client itself, if that is safe or the contract takes the risk
([retries](../packages/client-sdk/docs/retries-and-time-limits.md)); \`x-should-retry\` says the same to the clients of other
APIs. The second attempt holds again, and the first attempt's charge stays. The calls to Bedrock are those of the one
attempt: the function itself tries once more after a throttle.

## 1. API Gateway

${tableText(['API Gateway', 'the caller gets', 'sent again', 'calls to Bedrock', 'charged'], gatewayRows)}

## 2. The hold

Nothing has been sent to Bedrock, except perhaps to count the tokens, which costs nothing: a call whose bytes do not fit
into a limit [is counted](limits.md#the-estimate) and held again. If the count fails, the refusal stands
(\`e2e/ledger.test.ts\` has the ways in which it can fail).

${tableText(['DynamoDB', 'the caller gets', 'sent again', 'charged'], holdRows)}

## 3. Bedrock

Whole answers:

${tableText(['Bedrock', 'the caller gets', 'sent again', 'calls', 'billed', 'charged'], upstreamRows('whole'))}

Streams. A stream has exactly one end, \`done\` or \`error\`; without one it has failed. In OpenAI's APIs the end is \`[DONE]\`
or an error for chat completions, and \`response.completed\`, \`response.incomplete\` or \`response.failed\` for responses; in
Anthropic's it is \`message_stop\` or \`error\`.

${tableText(['Bedrock', 'the caller gets', 'sent again', 'calls', 'billed', 'charged'], upstreamRows('stream'))}

## 4. The settlement

The settlement does not change the caller's answer. The charge depends on the outcome of Bedrock's part:

${tableText(
  ['Bedrock \\ DynamoDB', ...settled],
  [...charged.values()].map(([first = '', ...rest]) => [`charges ${first}`, first, ...rest]),
)}

## 5. The caller

If the caller leaves while Bedrock answers, the charge does not change: the function reads the answer to its end and settles
it, and if it is killed meanwhile, the whole hold stays charged. Nothing is sent again. If Bedrock is down, there is no
answer to leave.

${tableText(['the caller', 'before a piece of the answer', 'after it, of a stream'], callerRows)}

## What is charged

The whole hold is the worst case that was reserved for the call: [the estimate](limits.md#the-estimate) of its input, and
its \`maxTokens\`. It stays charged if we cannot know what Bedrock billed. The error is always on the safe side.
`;
}

const count = (number: number): string => number.toLocaleString('en');

const tableText = (...cells: Parameters<typeof table>): string => table(...cells).join('\n');
