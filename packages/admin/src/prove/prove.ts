import { randomBytes } from 'node:crypto';
import { requestLogGroupOf } from '@org/infra/config';
import { Observer } from '../aws/observer.ts';
import type { Deployment } from '../deployment.ts';
import type { Finding } from '../doctor/finding.ts';
import { createKey, type NewKey } from '../keys/create-key.ts';
import { checkPlan } from '../teams/teams.ts';
import { Broken, NotShown } from './broken.ts';
import { deployedProofs } from './deployed.ts';
import { keyProofs } from './keys.ts';
import { limitProofs } from './limits.ts';
import { longAnswer } from './long-answer.ts';
import type { OwnLimits, Proof, ProofResult } from './proof.ts';
import { cheapestPlan, modelsOf, type ProofModels } from './proof-models.ts';
import { refusalProofs } from './refusals.ts';
import { routeProofs } from './routes.ts';
import { RunLog } from './run-log.ts';
import { signInProofs } from './sign-in.ts';
import { streamingProofs } from './streaming.ts';
import { mostSecondsUntilTaken, Target, type TargetOptions } from './target.ts';
import { removeLeftovers, withThrowawayTeam } from './throwaway.ts';
import { watchProofs } from './watch.ts';

/**
 * In the order in which they are tried. The throttle, which others would meet too, is the last refusal; logs and metrics look back at
 * all of them.
 */
const proofs: readonly Proof[] = [
  ...deployedProofs,
  ...routeProofs,
  ...streamingProofs,
  ...signInProofs,
  ...keyProofs,
  ...limitProofs,
  longAnswer,
  ...refusalProofs,
  ...watchProofs,
];

/** The names of all proofs that a run begins with a working key. */
export const proofNames: readonly string[] = proofs.map(({ name }) => name);

/** The keys that all proofs make together; each may cost an equal part of the sum. */
const mostKeys = 10;

/** Lines of the first requests may have a time by another clock. */
const clocksDifferMs = 60_000;

export interface ProveOptions extends Pick<TargetOptions, 'signal' | 'wait'> {
  /** The plan of the throwaway team, with room for 100 requests. Default: of such plans, the one with the cheapest model. */
  readonly plan?: string | undefined;
  /** Only these proofs. Default: all of {@link proofNames}. */
  readonly only?: readonly string[] | undefined;
  /** The most that all calls together may cost, in USD. The throwaway keys have it as their limits. */
  readonly mostUsd: number;
  /** Whether to ask for an answer that takes longer than 29 seconds. Default: false. */
  readonly long?: boolean | undefined;
  /** A token of the deployment's sign-in. Default: none, so that sign-in is not shown. */
  readonly token?: string | undefined;
  /** Looks for problems of the account. Default: the account is not looked at. */
  readonly diagnose?: (() => Promise<readonly Finding[]>) | undefined;
  /** Called with each result as soon as it is ready. */
  readonly onResult: (result: ProofResult) => void;
}

/**
 * Tries a deployment's promises with a throwaway team, and removes the team again, even if interrupted. It also removes
 * the remains of earlier runs whose process was killed.
 *
 * @throws {AdminError} If there is no such plan, or it has no priced model that answers questions.
 */
export async function prove(deployment: Deployment, options: ProveOptions): Promise<ProofResult[]> {
  const plan = options.plan ?? cheapestPlan(deployment);
  checkPlan(deployment, plan);
  const models = modelsOf(deployment, plan);
  await removeLeftovers(deployment, 'old');
  const observer = new Observer(deployment, deployment.endpoints);
  try {
    return await withThrowawayTeam(deployment, plan, (team) =>
      proveWith(deployment, { ...options, plan, team, models, observer }),
    );
  } finally {
    observer.close();
  }
}

interface Run extends ProveOptions {
  readonly plan: string;
  readonly team: string;
  readonly models: ProofModels;
  readonly observer: Observer;
}

async function proveWith(deployment: Deployment, run: Run): Promise<ProofResult[]> {
  const {
    plan,
    team,
    models,
    observer,
    only,
    mostUsd,
    long = false,
    token,
    diagnose,
    signal,
    wait,
    onResult,
  } = run;
  const { config, endpoint, now } = deployment;
  const log = new RunLog({
    observer,
    group: requestLogGroupOf(config),
    team,
    since: now() - clocksDifferMs,
    wait,
  });
  // A token's signature is a secret by itself, and short enough to search for.
  if (token !== undefined) log.secrets.add(token.slice(token.lastIndexOf('.') + 1).slice(0, 40));
  const paceMs = Math.ceil(1000 / (config.plans[plan]?.throttle.rate ?? 1));
  const canary = `canary${randomBytes(12).toString('hex')}`;
  log.secrets.add(canary);
  const onReply = log.note.bind(log);
  const mostUsdOfKey = mostUsd / mostKeys;
  let made = 0;
  const makeKey = async (limits: OwnLimits = {}): Promise<NewKey> => {
    made += 1;
    if (made > mostKeys)
      throw new Error(`The proofs make more than ${mostKeys} keys, so they could cost too much.`);
    const usd = { month: mostUsdOfKey };
    const key = await createKey(deployment, {
      name: `${team}-${made}`,
      ...{ team, plan, limits: { ...limits, usd } },
    });
    log.secrets.add(key.value);
    return key;
  };
  const results: ProofResult[] = [];
  const report = async (
    { name, statement }: Pick<Proof, 'name' | 'statement'>,
    check: (target: Target) => Promise<string>,
  ): Promise<ProofResult['outcome']> => {
    signal.throwIfAborted();
    const target = new Target(endpoint, { signal, paceMs, wait, onReply });
    const seen = await seenBy(() => check(target));
    signal.throwIfAborted();
    const result = { name, statement, ...seen, requestIds: target.requestIds };
    results.push(result);
    onResult(result);
    return result.outcome;
  };

  const { value: key } = await makeKey();
  const statement = `A new key is taken within ${mostSecondsUntilTaken / 60} minutes`;
  const first = await report({ name: 'new-key', statement }, (target) => target.untilTaken(key));
  // All others rest on it.
  if (first !== 'holds') return results;
  for (const proof of proofs) {
    if (only && !only.includes(proof.name)) continue;
    await report(proof, (target) => {
      const newKey = async (limits?: OwnLimits): Promise<NewKey> => {
        const another = await makeKey(limits);
        await target.untilTaken(another.value);
        return another;
      };
      const tools = { deployment, observer, target, newKey, mostUsdOfKey, long, log, wait };
      return proof.check({ ...tools, plan, key, models, canary, token, diagnose });
    });
  }
  return results;
}

async function seenBy(check: () => Promise<string>): Promise<Pick<ProofResult, 'outcome' | 'what'>> {
  try {
    return { outcome: 'holds', what: await check() };
  } catch (error) {
    if (error instanceof NotShown) return { outcome: 'not shown', what: error.message };
    if (error instanceof Broken) return { outcome: 'broken', what: error.message };
    const message = error instanceof Error ? error.message : String(error);
    const denied = error instanceof Error && /^(?:AccessDenied|Authorization|Unauthorized)/.test(error.name);
    return denied
      ? { outcome: 'not shown', what: `AWS does not allow it: ${message}` }
      : { outcome: 'broken', what: `could not be tried: ${message}` };
  }
}
