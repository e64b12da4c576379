import type { Limits } from '@org/contract';
import { checkPrices, KeyText, type ProxyConfig } from '@org/infra/config';
import { keyNameKey, type ScopeName, teamListKey } from '@org/table';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import type { Deployment } from '../deployment.ts';
import { checkName } from '../name.ts';
import { configWithPlans } from '../plans/plans.ts';
import { findTeam, usableTeam } from '../teams/teams.ts';
import { checkEnd, endText } from './key-end.ts';
import { type Claim, claimNewName, orRelease } from './key-names.ts';
import {
  changeAccess,
  discardKey,
  discardRemains,
  type KeyDraft,
  type KeyTexts,
  makeKey,
  ownPlan,
} from './keys.ts';

/** A new key. Its value is shown only this once. */
export interface NewKey {
  readonly name: string;
  readonly id: string;
  readonly team: string;
  readonly plan: string;
  readonly limits?: Limits | undefined;
  readonly value: string;
}

/** A key to make. Its plan is its team's, and is read if not known already. */
export type WantedKey = Omit<KeyDraft, 'plan'> & { readonly plan?: string | undefined };

/**
 * Makes a key for a team. If several commands make the same name at once, one succeeds.
 *
 * @throws {AdminError} As {@link claimKey} does.
 */
export async function createKey(deployment: Deployment, wanted: WantedKey): Promise<NewKey> {
  const { claim, draft } = await claimKey(deployment, wanted);
  return finishKey(deployment, claim, draft, 'keys create');
}

/** The right to make a key. Everything but its value is known. */
interface ClaimedKey {
  readonly claim: Claim;
  readonly draft: KeyDraft;
}

/** @throws {AdminError} If the name is taken, there is no such team, the limits cannot hold, or a text is not one. */
export async function claimKey(
  deployment: Deployment,
  { plan: known, ...wanted }: WantedKey,
): Promise<ClaimedKey> {
  const { name, team, limits } = wanted;
  checkKeyName(deployment, name);
  checkTexts(wanted);
  if (wanted.expiry !== undefined) checkEnd(wanted.expiry * 1000, deployment.now());
  const claim = await claimNewName(deployment, name, team);
  const draft = await orRelease(claim, async (): Promise<KeyDraft> => {
    const plan = known ?? (await usableTeam(deployment, team)).plan;
    if (limits) checkLimits(await configWithPlans(deployment), { team, plan }, limits);
    if (claim.inherited) await discardRemains(deployment, { name, team }, []);
    // So that the team's run-time keys are found after the team has left the config.
    if (Object.hasOwn(deployment.config.teams, team)) await deployment.table.put(teamListKey(team), {});
    return { ...wanted, plan };
  });
  return { claim, draft };
}

/**
 * Makes the key of a claimed name, and gives it the name. If anything fails, the key is removed and the name is
 * as it was before.
 *
 * @param beforeFinish Further work before the new key gets the name.
 */
export async function finishKey(
  deployment: Deployment,
  claim: Claim,
  draft: KeyDraft,
  action: 'keys create' | 'keys rotate',
  beforeFinish: () => Promise<void> = async () => {},
): Promise<NewKey> {
  const { id, value } = await orRelease(claim, async () => {
    const made = await makeKey(deployment, draft);
    try {
      await beforeFinish();
      const to = { id: made.id, limits: draft.limits, ...endText(draft.expiry) };
      await claim.finish(
        made.id,
        await recordOf(deployment, { action, team: draft.team, key: draft.name, to }),
      );
      return made;
    } catch (error) {
      // If this fails too, the next command that claims the name finds the remains.
      await discardKey(deployment, made.id).catch(() => {});
      throw error;
    }
  });
  const { name, team, limits } = draft;
  return { name, id, team, plan: await followTeam(deployment, id, draft), limits, value };
}

/** A command that moved or deleted the team meanwhile may have missed the key; from now on, it would find its name. */
async function followTeam(
  deployment: Deployment,
  id: string,
  { name, team, plan }: KeyDraft,
): Promise<string> {
  const present = await findTeam(deployment, team);
  if (present?.plan === plan) return plan;
  if (present?.plan === undefined) {
    await discardKey(deployment, id);
    await deployment.table.delete(keyNameKey(name), { keyId: id });
    throw new AdminError('team_was_deleted', { team });
  }
  await deployment.plans.move(id, present.plan);
  await changeAccess(deployment.table, id, { plan: ownPlan(deployment, team, present.plan) });
  return present.plan;
}

/** @throws {AdminError} If no key can have the name, or a key of the config has it. */
export function checkKeyName({ config }: Deployment, name: string): void {
  checkName(name, 'key');
  if (Object.values(config.teams).some(({ keys }) => keys.some((key) => key.name === name))) {
    throw new AdminError('key_is_of_config', { key: name });
  }
}

/** @throws {AdminError} If the owner or the note is too long, or has several lines. */
function checkTexts({ owner, note }: KeyTexts): void {
  for (const [field, text] of Object.entries({ owner, note })) {
    const rule = z.safeParse(z.optional(KeyText), text).error?.issues[0]?.message;
    if (rule !== undefined) throw new AdminError('invalid_key_text', { field, rule });
  }
}

/** @throws {AdminError} If limits of a key, a team or a member of it cannot hold under its plan. */
export function checkLimits(
  config: ProxyConfig,
  { team, plan: name, scope }: { readonly team: string; readonly plan: string; readonly scope?: ScopeName },
  limits: Limits | undefined,
): void {
  const plan = config.plans[name];
  const ofModel =
    plan && scope?.kind === 'model' ? { ...plan, limitsPerModel: { [scope.id]: limits } } : undefined;
  const [fault] = checkPrices({
    ...config,
    plans: { ...config.plans, ...(ofModel && { [name]: ofModel }) },
    teams: { [team]: { plan: name, keys: ofModel ? [] : [{ name: team, limits }] } },
  });
  if (fault) throw new AdminError('limits_cannot_hold', { reason: fault.message });
}
