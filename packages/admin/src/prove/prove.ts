import { randomBytes } from 'node:crypto';
import { aliasOf, capabilitiesOf, definitionOf, type OfferedModel, priceIn } from '@org/models';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { createKey, type NewKey } from '../keys/create-key.ts';
import { deleteTeam } from '../teams/delete-team.ts';
import { checkPlan, createTeam, listTeams } from '../teams/teams.ts';
import { Broken, NotShown } from './broken.ts';
import { keyProofs } from './keys.ts';
import { limitProofs } from './limits.ts';
import type { OwnLimits, Proof, ProofModels, ProofResult } from './proof.ts';
import { refusalProofs } from './refusals.ts';
import { routeProofs } from './routes.ts';
import { streamingProofs } from './streaming.ts';
import { mostSecondsUntilTaken, Target, type TargetOptions } from './target.ts';

/** In the order in which they are tried: the throttle, which others would meet too, is the last refusal. */
const proofs: readonly Proof[] = [
  ...routeProofs,
  ...streamingProofs,
  ...keyProofs,
  ...limitProofs,
  ...refusalProofs,
];

/** The keys that all proofs make together; each may cost an equal part of the sum. */
const mostKeys = 10;

export interface ProveOptions extends Omit<TargetOptions, 'paceMs'> {
  /** The plan of the throwaway team. Default: the one with the cheapest model. */
  readonly plan?: string | undefined;
  /** The most that all calls together may cost, in USD. The throwaway keys have it as their limits. */
  readonly mostUsd: number;
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
  await removeLeftovers(deployment);
  const team = newTeamName();
  try {
    await createTeam(deployment, team, plan);
    return await proveWith(deployment, { ...options, plan, team, models });
  } finally {
    await removeTeam(deployment, team);
  }
}

/** Also a team that was made half way, or not at all. */
async function removeTeam(deployment: Deployment, team: string): Promise<void> {
  try {
    await deleteTeam(deployment, team);
  } catch (error) {
    if (!(error instanceof AdminError && error.is('no_such_team'))) throw error;
  }
}

interface Throwaway extends ProveOptions {
  readonly plan: string;
  readonly team: string;
  readonly models: ProofModels;
}

async function proveWith(deployment: Deployment, throwaway: Throwaway): Promise<ProofResult[]> {
  const { plan, team, models, mostUsd, signal, wait, onResult } = throwaway;
  const paceMs = Math.ceil(1000 / (deployment.config.plans[plan]?.throttle.rate ?? 1));
  const newTarget = () => new Target(deployment.endpoint, { signal, paceMs, wait });
  let made = 0;
  const makeKey = (limits: OwnLimits = {}): Promise<NewKey> => {
    made += 1;
    if (made > mostKeys)
      throw new Error(`The proofs make more than ${mostKeys} keys, so they could cost too much.`);
    const usd = { month: mostUsd / mostKeys };
    return createKey(deployment, { name: `${team}-${made}`, team, plan, limits: { ...limits, usd } });
  };
  const results: ProofResult[] = [];
  const report = async (
    { name, statement }: Pick<Proof, 'name' | 'statement'>,
    check: (target: Target) => Promise<string>,
  ): Promise<ProofResult['outcome']> => {
    signal.throwIfAborted();
    const target = newTarget();
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
    await report(proof, (target) => {
      const newKey = async (limits?: OwnLimits): Promise<NewKey> => {
        const another = await makeKey(limits);
        await target.untilTaken(another.value);
        return another;
      };
      return proof.check({ deployment, plan, target, key, newKey, models, wait });
    });
  }
  signal.throwIfAborted();
  return results;
}

async function seenBy(check: () => Promise<string>): Promise<Pick<ProofResult, 'outcome' | 'what'>> {
  try {
    return { outcome: 'holds', what: await check() };
  } catch (error) {
    if (error instanceof NotShown) return { outcome: 'not shown', what: error.message };
    if (error instanceof Broken) return { outcome: 'broken', what: error.message };
    return {
      outcome: 'broken',
      what: `could not be tried: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/** A name that people do not choose. */
const newTeamName = () => `prove-${randomBytes(12).toString('hex')}`;
const throwawayName = /^prove-[0-9a-f]{24}$/;

/** Older than any run, so that a run at work now is left alone. */
const leftOverAfterMs = 60 * 60 * 1000;

async function removeLeftovers(deployment: Deployment): Promise<void> {
  for (const { name, source, createdAt } of await listTeams(deployment)) {
    const age = deployment.now() - Date.parse(createdAt ?? '');
    const isLeftover = source === 'run-time' && throwawayName.test(name) && age > leftOverAfterMs;
    if (isLeftover) await deleteTeam(deployment, name);
  }
}

function cheapestPlan({ config }: Deployment): string {
  const priced = Object.entries(config.plans).flatMap(([name, { models }]) => {
    const [cheapest] = pricedModels({ config }, models, isChat);
    return cheapest ? [{ name, cost: cheapest.cost }] : [];
  });
  const [plan] = priced.toSorted((a, b) => a.cost - b.cost);
  if (!plan) throw new AdminError('nothing_to_prove_with', { plan: undefined });
  return plan.name;
}

function modelsOf(deployment: Deployment, plan: string): ProofModels {
  const { models: all, plans } = deployment.config;
  const allowed = plans[plan]?.models ?? [];
  const [chat] = pricedModels(deployment, allowed, isChat);
  if (!chat) throw new AdminError('nothing_to_prove_with', { plan });
  const [embed] = pricedModels(deployment, allowed, (model) => !isChat(model));
  return {
    chat: chat.alias,
    streams: capabilitiesOf(chat.definition).includes('stream'),
    embed: embed?.alias,
    forbidden: all.map(aliasOf).find((alias) => !allowed.includes(alias)),
  };
}

/** The priced models of a kind, the cheapest first. */
function pricedModels(
  { config }: Pick<Deployment, 'config'>,
  aliases: readonly string[],
  is: (model: OfferedModel) => boolean,
) {
  return config.models
    .filter((model) => aliases.includes(aliasOf(model)) && is(model))
    .flatMap((model) => {
      const definition = definitionOf(model);
      const price = priceIn(config, model);
      return definition && price
        ? [{ alias: aliasOf(model), definition, cost: price.input + price.output }]
        : [];
    })
    .toSorted((a, b) => a.cost - b.cost);
}

function isChat(model: OfferedModel): boolean {
  return definitionOf(model)?.upstream !== 'embed';
}
