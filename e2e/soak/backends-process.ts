import { type ReceivedCall, startBedrock } from '@org/local/bedrock';
import { type ReceivedRequest, startDynamoDb } from '@org/local/dynamodb';
import { allInputTokens } from '@org/models';
import * as z from 'zod/mini';
import { bedrockFault, dynamodbFault } from './faults.ts';
import { randomOf } from './random.ts';

/**
 * Bedrock and DynamoDB in their own process, with faults by a seed. Bedrock keeps its own record of its bills, apart
 * from the ledger.
 */

export interface Backends {
  readonly bedrockUrl: string;
  readonly dynamodbUrl: string;
}

/** A team's calls as the servers saw them. */
export interface Bill {
  /** Calls that Bedrock billed, and their tokens. */
  calls: number;
  tokens: number;
  /** Faults after which the bill or the write is unknown. */
  ambiguous: number;
}

export interface Bills {
  readonly bills: Readonly<Record<string, Bill>>;
  /** How often each fault was met, by server. */
  readonly faults: Readonly<Record<'bedrock' | 'dynamodb', Record<string, number>>>;
  /** Requests that were received, by server. */
  readonly received: Readonly<Record<'bedrock' | 'dynamodb', number>>;
}

const [seedText = '0'] = process.argv.slice(2);
const seed = Number(seedText);

const Metadata = z.object({ team: z.string() });
const Body = z.object({ requestMetadata: z.optional(Metadata) });
const Keyed = z.object({ Key: z.object({ pk: z.object({ S: z.string() }) }) });

const bills: Record<string, Bill> = {};
const faults: Bills['faults'] = { bedrock: {}, dynamodb: {} };
const received = { bedrock: 0, dynamodb: 0 };
/** Set by the first request for the bills: from then on there are no faults. */
let calm = false;
/** Writes by team, so that a retry does not meet the fault of the first attempt again. */
const writes: Record<string, number> = {};

function billOf(team: string): Bill {
  bills[team] ??= { calls: 0, tokens: 0, ambiguous: 0 };
  return bills[team];
}

/** Converse has the metadata in its body, InvokeModel in a header. */
function teamOf({ text, headers }: ReceivedCall): string {
  const header = headers['x-amzn-bedrock-request-metadata'];
  const { team } = Metadata.parse(
    header === undefined ? Body.parse(JSON.parse(text)).requestMetadata : JSON.parse(header),
  );
  return team;
}

function note(server: 'bedrock' | 'dynamodb', name: string): void {
  faults[server][name] = (faults[server][name] ?? 0) + 1;
}

const isStormy = (team: string): boolean => team.includes('stormy');

/** Calls without an ambiguous fault. If the function gives one up, for lack of time, it cannot know the cost. */
const pending = new Map<ReceivedCall, string>();

const bedrock = await startBedrock({
  meet(call) {
    received.bedrock += 1;
    if (calm) return {};
    const team = teamOf(call);
    const planned = bedrockFault(randomOf(seed, 'bedrock', received.bedrock), {
      stormy: isStormy(team),
      streams: call.operation.includes('stream'),
    });
    if (planned) note('bedrock', planned.name);
    if (planned?.ambiguous) billOf(team).ambiguous += 1;
    else pending.set(call, team);
    if (pending.size > 1000) countGivenUp(500);
    return { fault: planned?.fault };
  },
  onBilled(call, billed) {
    const bill = billOf(teamOf(call));
    bill.calls += 1;
    bill.tokens += allInputTokens(billed) + billed.outputTokens;
  },
});

/** Checks the oldest calls that met no ambiguous fault of Bedrock's. */
function countGivenUp(count: number): void {
  for (const [call, team] of [...pending].slice(0, count)) {
    pending.delete(call);
    if (!call.disconnected) continue;
    billOf(team).ambiguous += 1;
    note('bedrock', 'given up by the function');
  }
}

/** The team whose counters a write changes; `undefined` for any other request. */
function writtenTeam({ operation, text }: ReceivedRequest): string | undefined {
  if (operation !== 'UpdateItem') return undefined;
  const [kind, team] = Keyed.parse(JSON.parse(text)).Key.pk.S.split('#');
  return kind === 'team' ? team : undefined;
}

const dynamodb = await startDynamoDb({
  meet(request) {
    received.dynamodb += 1;
    const team = writtenTeam(request);
    if (team === undefined || calm) return { kind: 'none' };
    writes[team] = (writes[team] ?? 0) + 1;
    const planned = dynamodbFault(randomOf(seed, 'dynamodb', team, writes[team]), isStormy(team));
    if (planned) note('dynamodb', planned.name);
    if (planned?.ambiguous) billOf(team).ambiguous += 1;
    return planned?.fault ?? { kind: 'none' };
  },
  onGivenUp(request) {
    const team = writtenTeam(request);
    if (team === undefined) return;
    note('dynamodb', 'given up by the function');
    billOf(team).ambiguous += 1;
  },
});

process.on('message', () => {
  calm = true;
  countGivenUp(pending.size);
  process.send?.({ bills, faults, received } satisfies Bills);
});
process.on('disconnect', () => process.exit());
process.send?.({ bedrockUrl: bedrock.url, dynamodbUrl: dynamodb.url } satisfies Backends);
