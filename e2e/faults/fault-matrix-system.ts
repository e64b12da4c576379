import { join } from 'node:path';
import { accountsOf } from '@org/lambda/ledger/account';
import { CounterTable } from '@org/lambda/ledger/counter-table';
import { momentOf } from '@org/lambda/ledger/moment';
import { type GatewayOptions, type LocalGateway, startGateway } from '@org/local';
import { type Encounter, type ReceivedCall, startBedrock } from '@org/local/bedrock';
import { createTables, type Fault as DynamoDbFault, startDynamoDb } from '@org/local/dynamodb';
import { allInputTokens } from '@org/models';
import { inject, onTestFinished } from 'vitest';
import * as z from 'zod/mini';
import { dynamoDbClient } from '../dynamodb-client.ts';
import { editResources } from '../edit-template.ts';

/** One team with one key, and its faults, calls and counters. */
export interface Lane {
  readonly team: string;
  /** Faults of the next writes to its counters. */
  ledgerFaults: DynamoDbFault[];
  /** Chooses the faults of its calls to Bedrock. */
  meet: (call: ReceivedCall) => Encounter | Promise<Encounter>;
  /** Calls to Bedrock since the last reset. */
  calls: number;
  /** Tokens of each call that Bedrock billed since the last reset. */
  bills: number[];
  /** Tokens on its counter, as last seen. */
  recorded: number;
  /** Requests whose end a function has logged. */
  lines: number;
  /** Called for each such request. */
  onLine: () => void;
}

export interface FaultSystem {
  readonly gateway: LocalGateway;
  /** The same deployment with a function timeout of a few seconds. */
  readonly impatientGateway: LocalGateway;
  /** The same deployment without a Bedrock that can be reached. */
  readonly gatewayWithoutBedrock: LocalGateway;
  lane(team: string): Lane;
  /** Tokens on a team's counter. */
  recorded(lane: Lane): Promise<number>;
  /** Moves the gateways' clock, which otherwise stands still. */
  advanceClock(milliseconds: number): void;
}

const impatient = editResources('AWS::Lambda::Function', (properties) => ({ ...properties, Timeout: 6 }));

const Metadata = z.object({ team: z.string() });
const Converse = z.object({ requestMetadata: Metadata });
const Keyed = z.object({ Key: z.object({ pk: z.object({ S: z.string() }) }) });
const Line = z.object({ message: z.literal('request'), team: z.string() });

/** Starts one deployment in which each team can have its own faults, and stops it when the test is over. */
export async function startFaultSystem(): Promise<FaultSystem> {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const lanes = new Map<string, Lane>();
  const lane = (team: string): Lane => {
    const known = lanes.get(team);
    if (known) return known;
    const added: Lane = {
      team,
      ledgerFaults: [],
      meet: () => ({}),
      calls: 0,
      bills: [],
      recorded: 0,
      lines: 0,
      onLine: () => {},
    };
    lanes.set(team, added);
    return added;
  };
  const laneOf = ({ headers, text }: ReceivedCall): Lane => {
    const header = headers['x-amzn-bedrock-request-metadata'];
    const { team } =
      header === undefined
        ? Converse.parse(JSON.parse(text)).requestMetadata
        : Metadata.parse(JSON.parse(header));
    return lane(team);
  };

  const bedrock = await startBedrock({
    meet(call) {
      // Counting is free, and its request does not name the team.
      if (call.operation === 'count-tokens') return {};
      const own = laneOf(call);
      own.calls += 1;
      return own.meet(call);
    },
    onBilled: (call, bill) => laneOf(call).bills.push(allInputTokens(bill) + bill.outputTokens),
  });
  onTestFinished(() => bedrock.close());
  const dynamodb = await startDynamoDb({
    meet({ operation, text }) {
      if (operation !== 'UpdateItem') return { kind: 'none' };
      const [, team = ''] = Keyed.parse(JSON.parse(text)).Key.pk.S.split('#');
      return lane(team).ledgerFaults.shift() ?? { kind: 'none' };
    },
  });
  onTestFinished(() => dynamodb.close());

  const start = async (
    bedrockUrl: string,
    options: Pick<GatewayOptions, 'editTemplate'> = {},
  ): Promise<LocalGateway> => {
    const gateway = await startGateway({
      ...options,
      assembly: join(inject('assemblies'), 'faulty'),
      clock: { now: () => time },
      environment: {
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl,
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      },
      onLog({ line }) {
        if (!line.startsWith('{')) return;
        const { data } = z.safeParse(Line, JSON.parse(line));
        if (!data) return;
        const own = lane(data.team);
        own.lines += 1;
        own.onLine();
      },
    });
    onTestFinished(() => gateway.close());
    return gateway;
  };
  const gateway = await start(bedrock.url);
  const [table] = gateway.tables;
  if (!table) throw new Error('The deployment has no table.');
  await createTables(gateway.tables, dynamodb.url);
  const impatientGateway = await start(bedrock.url, { editTemplate: impatient });
  const closed = await startBedrock();
  await closed.close();
  const gatewayWithoutBedrock = await start(closed.url);

  await Promise.all([gateway, impatientGateway, gatewayWithoutBedrock].map(startFunctions));

  const client = dynamoDbClient(dynamodb.url);
  onTestFinished(() => client.destroy());
  return {
    gateway,
    impatientGateway,
    gatewayWithoutBedrock,
    lane,
    async recorded({ team }) {
      const scope = { kind: 'team' as const, id: team, limits: {} };
      const counters = new CounterTable({ client, table: table.name });
      const { signal } = new AbortController();
      const [account] = accountsOf(scope, momentOf(time, 'UTC'));
      return (await counters.read(account, signal)).committed.month.tokens;
    },
    advanceClock: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** Starts the functions with requests that they refuse, so that no run waits for a start. */
async function startFunctions({ url, apiKeys }: LocalGateway): Promise<void> {
  const key = apiKeys.find(({ name }) => name === 'open-0');
  await Promise.all(
    ['', '/stream'].map(async (path) => {
      const response = await fetch(`${url}/bedrock${path}`, {
        method: 'POST',
        headers: { 'x-api-key': key?.value ?? '', 'content-type': 'application/json' },
        body: '{}',
      });
      if (response.status !== 400) throw new Error(`The function does not start: ${await response.text()}`);
      await response.body?.cancel();
    }),
  );
}
