import { join } from 'node:path';
import { importTeams, localEndpoints, openDeployment } from '@org/admin';
import { startHelper } from '../../test/helper-process.ts';
import { type Relay, startRelay } from '../relay.ts';
import { type Audit, openAccounts } from './audit.ts';
import type { Backends, Bills } from './backends-process.ts';
import type { Command, Report } from './gateway-process.ts';
import { type Holding, measureHolding } from './memory.ts';
import {
  type CallOutcome,
  makeCall,
  type Phase,
  type Place,
  type PlannedCall,
  planCall,
  possibleOutcomes,
} from './planned-calls.ts';
import { between, randomOf } from './random.ts';
import { openTeams, soakConfig, teams } from './teams.ts';

export interface SoakOptions {
  /** Directory of the synthesized `soakConfig` for this many requests. */
  readonly assembly: string;
  /** Requests that callers make. */
  readonly requests: number;
  readonly seed: number;
  /** Callers at once. */
  readonly callers: number;
  readonly rounds: number;
  /** Gets a line at the end of each round. */
  readonly onProgress?: (line: string) => void;
}

/** The memory at the end of a round, when nothing was in flight. */
export interface Sample {
  /** Requests so far. */
  readonly requests: number;
  readonly gateway: Holding;
  readonly client: Holding;
}

export interface SoakResult {
  readonly seconds: number;
  readonly kills: number;
  /** The count of each outcome, by kind of request. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly behaviours: ReadonlyMap<string, number>;
  readonly bills: Bills;
  readonly audit: Audit;
  /** Taken before the first request, at the end of each round, and after all clients and functions ended. */
  readonly before: Sample;
  readonly samples: readonly Sample[];
  readonly after: Sample;
  /** From the rounds after the last kill, which show long-lived memory. */
  readonly settled: readonly Sample[];
  /** Outcomes that nothing explains, and unexpected errors. */
  readonly unexplained: readonly string[];
}

/** Milliseconds by which each request moves the gateway's clock. */
const stepMs = 70;
const monthEnd = Date.parse('2026-12-01T00:00:00Z');

/** The share of the rounds that end with a kill of the functions. The rounds after them show long-lived memory. */
const killShare = 0.2;

/** Runs requests of many teams through the whole path, among random faults, and checks every account at the end. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { requests, seed, callers, rounds, onProgress = () => {} } = options;
  const backends = await startHelper<Backends, 'bill', Bills>(
    join(import.meta.dirname, 'backends-process.ts'),
    { args: [seed] },
  );
  const { bedrockUrl, dynamodbUrl } = backends.started;
  const start = monthEnd - (requests / 2) * stepMs;
  const gateway = await startHelper<{ url: string }, Command, Report>(
    join(import.meta.dirname, 'gateway-process.ts'),
    { args: [options.assembly, bedrockUrl, dynamodbUrl, start, stepMs] },
  );
  const { url } = gateway.started;
  const port = Number(new URL(url).port);
  // Every caller goes through a relay, so that all connections can be closed in the end.
  const [steady, flaky] = [await startRelay(port), await startRelay(port)];
  const through = ({ port: own }: Relay) => Object.assign(new URL(url), { port: String(own) }).href;
  const sample = async (): Promise<Sample> => {
    const { holding } = await gateway.ask('measure');
    if (!holding) throw new Error('The gateway measured nothing.');
    return { requests: made, gateway: holding, client: await measureHolding() };
  };
  let made = 0;
  const before = await sample();

  const config = soakConfig(requests);
  const deployment = await openDeployment(
    config,
    await localEndpoints(through(steady), 'soak-dev'),
    () => start,
  );
  const keys = new Map<string, string>();
  const wanted = teams.map(({ name, plan, keys: names }) => ({
    name,
    plan,
    keys: names.map((key) => ({ name: key })),
  }));
  await importTeams(deployment, wanted, ({ name, value }) => keys.set(name, value));
  const place: Place = { url: through(steady), flakyUrl: through(flaky), cut: flaky.cut, keys };

  const outcomes = new Map<string, number>();
  const behaviours = new Map<string, number>();
  const unexplained: string[] = [];
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const note = (call: PlannedCall, outcome: CallOutcome) => {
    count(outcomes, `${call.kind}: ${outcome}`);
    count(behaviours, call.behaviour);
    if (!possibleOutcomes(call).has(outcome)) {
      unexplained.push(`${call.team.name}: ${call.kind}, ${call.behaviour}: ${outcome}`);
    }
  };

  /** Makes this many requests, `callers` at once. */
  const make = async (many: number, phase: Phase): Promise<void> => {
    const end = made + many;
    const caller = async (): Promise<void> => {
      while (made < end) {
        made += 1;
        const call = planCall(randomOf(seed, 'call', made), phase);
        await makeCall(call, place).then(
          (outcome) => note(call, outcome),
          (error: unknown) => unexplained.push(`${call.team.name}: ${call.kind}: ${String(error)}`),
        );
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
  };

  const accounts = openAccounts(deployment, [start, monthEnd]);
  const samples: Sample[] = [];
  const killRounds = Math.max(1, Math.floor(rounds * killShare));
  const started = performance.now();
  let kills = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const share = Math.round((requests * round) / rounds) - made;
    const storm = round <= killRounds ? Math.min(share, callers * 4) : 0;
    await make(share - storm, storm > 0 ? 'before a kill' : 'no kill');
    await accounts.untilNothingIsInFlight();
    if (storm > 0) {
      // Only these teams may be hit, because a killed function cannot know the bill. All callers are at work by now, and
      // some have their answers; a storm too short for that has started completely.
      const hit = made + between(randomOf(seed, 'kill', round), Math.min(callers * 2, storm), storm);
      let over = false;
      const stormed = make(storm, 'kill').finally(() => {
        over = true;
      });
      while (made < hit && !over) await new Promise(setImmediate);
      await gateway.ask('kill');
      kills += 1;
      await stormed;
    }
    const sampled = await sample();
    samples.push(sampled);
    onProgress(progressLine(sampled, (performance.now() - started) / 1000));
  }
  const seconds = (performance.now() - started) / 1000;

  await backends.ask('bill');
  // Holds of killed functions end with the slots of their time.
  for (const minutes of [4, 50, 4]) {
    await gateway.ask({ advanceMs: minutes * 60_000 });
    await Promise.all(
      openTeams.map((team) => makeCall({ ...lastCall, team, key: team.keys[0] ?? '' }, place)),
    );
  }
  const bills = await backends.ask('bill');
  const audit = await accounts.audit(bills, kills * callers * 2);

  deployment.close();
  await Promise.all([steady.close(), flaky.close()]);
  await gateway.ask('kill');
  const after = await sample();
  const { unforeseen } = await gateway.ask('measure');
  unexplained.push(...unforeseen);
  await gateway.stop();
  await backends.stop();
  return {
    seconds,
    kills,
    outcomes,
    behaviours,
    bills,
    audit,
    before,
    samples,
    after,
    settled: samples.slice(killRounds),
    unexplained,
  };
}

/** A request without a fault. */
const lastCall = {
  kind: 'ask',
  behaviour: 'waits',
  model: 'llama',
  question: 'What is a dystopia?',
  maxTokens: 20,
  retries: 5,
  leavesAfter: 0,
} as const;

function progressLine({ requests, gateway, client }: Sample, seconds: number): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return [
    `${requests} requests in ${seconds.toFixed(0)} s`,
    `gateway ${megabytes(gateway.heap)} MB, functions ${megabytes(gateway.workerHeaps)} MB, resident ${megabytes(gateway.resident)} MB, ${gateway.sockets} sockets`,
    `client ${megabytes(client.heap)} MB`,
  ].join('; ');
}
