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

What becomes of one attempt, and of its charge, when something fails: how the answer goes out x API Gateway x the ledger
in DynamoDB x Bedrock x the caller. ${count(allCells().length)} cells, of which each has one outcome, and ${count(cellsToRun().length)} are run through the whole path:
the client, the gateway, the built function, the simulated Bedrock over the wire. They are run once for each API that the
function speaks: its own, OpenAI's chat completions and responses, and Anthropic's messages for Claude and for another
model. The codes and the charges are the same through all of them; only the proxy's own client has the classes. What is
recorded is never less than what Bedrock billed, and at most one hold more. Written by \`docs-gen/faults-document.test.ts\`, which fails
where it is not true (\`UPDATE_DOCS=1\` writes it again), from \`e2e/faults/fault-matrix.ts\`; the test beside that runs the
cells. Random mixtures of all this are \`npm run soak\`, and [what came of them](benchmarks/soak.md).

**Who comes first on the way speaks first.** A request that the gateway refuses never comes to the ledger; one that the
ledger refuses never comes to Bedrock; only what comes to Bedrock can be billed. So the tables below are read in this
order, and the first that speaks decides.

"Sent again" is by the client itself, where that is safe or the contract takes the risk
([retries](../packages/client-sdk/docs/retries-and-time-limits.md)); to the clients of other APIs \`x-should-retry\` says
the same. The second attempt holds again, and what the first
is charged stays. The calls to Bedrock are those of the one attempt: the function itself tries once more after a throttle.

## 1. API Gateway

${tableText(['API Gateway', 'the caller gets', 'sent again', 'calls to Bedrock', 'charged'], gatewayRows)}

## 2. The hold

Nothing has been sent to Bedrock, except perhaps to count the tokens, which costs nothing: a call whose bytes do not fit
into a limit [is counted](limits.md#the-estimate) and held again. Where the count fails, the refusal stands
(\`e2e/ledger.test.ts\` has the ways in which it can).

${tableText(['DynamoDB', 'the caller gets', 'sent again', 'charged'], holdRows)}

## 3. Bedrock

Answers that come whole:

${tableText(['Bedrock', 'the caller gets', 'sent again', 'calls', 'billed', 'charged'], upstreamRows('whole'))}

Streams. One has exactly one end, \`done\` or \`error\`; without one it has failed. In OpenAI's words the end is \`[DONE]\`
or an error of chat completions, and \`response.completed\`, \`response.incomplete\` or \`response.failed\` of responses; in
Anthropic's it is \`message_stop\` or \`error\`.

${tableText(['Bedrock', 'the caller gets', 'sent again', 'calls', 'billed', 'charged'], upstreamRows('stream'))}

## 4. The settlement

It changes nothing of what the caller gets. What is charged depends on what Bedrock's part came to:

${tableText(
  ['Bedrock \\ DynamoDB', ...settled],
  [...charged.values()].map(([first = '', ...rest]) => [`charges ${first}`, first, ...rest]),
)}

## 5. The caller

Leaving while Bedrock is at work changes nothing of what is charged: the function reads the answer to its end and settles
it, and if it is killed then, the whole hold stays. Nothing is sent again. Where Bedrock is down, nobody is at work.

${tableText(['the caller', 'before a piece of the answer', 'after it, of a stream'], callerRows)}

## What is charged

The whole hold is the worst case that the call was let through with: [the estimate](limits.md#the-estimate) of its input, and
its \`maxTokens\`. It stays charged wherever nobody can know what Bedrock billed. The error is
always on the safe side.
`;
}

const count = (number: number): string => number.toLocaleString('en');

const tableText = (...cells: Parameters<typeof table>): string => table(...cells).join('\n');
