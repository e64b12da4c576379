import { Email, receiversOf, Webhook } from '@org/infra/config';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import type { Deployment } from '../deployment.ts';
import { requireTeam } from '../teams/teams.ts';
import { NoticeTopic, type TeamsOf, type TopicSubscription } from './topic.ts';

/** Who gets notices about limits. */
export type Receiver = { readonly email: string } | { readonly webhook: string };

/** A receiver, as SNS has it. */
export interface ReceiverRecord {
  /** Of SNS: `email`, `https` or any other. */
  readonly protocol: string;
  readonly endpoint: string;
  /** Undefined as long as it is not known, because the receiver has not confirmed. */
  readonly teams: TeamsOf | undefined;
  readonly confirmed: boolean;
  readonly source: 'config' | 'run-time';
}

export interface ReceiverChange {
  readonly receiver: Receiver;
  /** Default: all teams, also those that are made later. */
  readonly team?: string | undefined;
}

/**
 * What a change has done: nothing was to be done; SNS asks the receiver to confirm, again if it was asked before; or other
 * notices are sent to it from now on.
 */
export type ReceiverOutcome = 'unchanged' | 'asked' | 'changed';

/** The values that a filter of SNS may have: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const mostTeams = 150;

/** @throws {AdminError} If the deployment has no notices. */
export function listReceivers(deployment: Deployment): Promise<ReceiverRecord[]> {
  return onTopic(deployment, async (topic) => {
    const ofConfig = receiversOf(deployment.config);
    return (await topic.subscriptions()).map((subscription) => {
      const { arn, protocol, endpoint, teams } = subscription;
      const configured = ofConfig.find((each) => isSame(each, subscription));
      return {
        ...{ protocol, endpoint, confirmed: arn !== undefined },
        teams: teams ?? (configured && (configured.teams ?? 'all')),
        source: configured ? 'config' : 'run-time',
      };
    });
  });
}

/**
 * Sends notices to a receiver, without a deployment. SNS asks a new one to confirm. Safe to repeat: a receiver that has not
 * confirmed is asked again.
 *
 * The record of the change is written before it, because SNS takes part in no transaction: a change that then fails has one too.
 *
 * @throws {AdminError} If the deployment has no notices or no such team, the receiver is of the config, has not confirmed
 *   its notices of other teams, or has too many teams, or its address is not one.
 */
export function addReceiver(deployment: Deployment, change: ReceiverChange): Promise<ReceiverOutcome> {
  return onTopic(deployment, async (topic) => {
    const { team } = change;
    const named = await checkChange(deployment, change);
    const { protocol, endpoint } = named;
    const wanted = team === undefined ? ('all' as const) : [team];
    const present = (await topic.subscriptions()).find((each) => isSame(each, named));
    if (!present) {
      await record(deployment, 'notices add', change, { to: wanted });
      await topic.subscribe(protocol, endpoint, wanted);
      return 'asked';
    }
    const { arn, teams } = present;
    if (arn === undefined || teams === undefined) {
      if (await topic.subscribe(protocol, endpoint, wanted)) return 'asked';
      throw new AdminError('receiver_is_unconfirmed', { endpoint });
    }
    if (teams === 'other') throw new AdminError('receiver_has_own_filter', { endpoint });
    if (teams === 'all' || (team !== undefined && teams.includes(team))) return 'unchanged';
    const to = team === undefined ? 'all' : [...teams, team].toSorted();
    if (to !== 'all' && to.length > mostTeams)
      throw new AdminError('receiver_has_too_many_teams', { endpoint, most: mostTeams });
    await record(deployment, 'notices add', change, { from: teams, to });
    await topic.setTeams(arn, to);
    return 'changed';
  });
}

/**
 * Sends a receiver no more notices of a team, or none at all. Recorded like {@link addReceiver}.
 *
 * @throws {AdminError} If the deployment has no notices, or the receiver does not get them, gets those of all teams, is of the
 *   config, or has not confirmed.
 */
export function removeReceiver(deployment: Deployment, change: ReceiverChange): Promise<void> {
  return onTopic(deployment, async (topic) => {
    const { team } = change;
    const named = protocolOf(change.receiver);
    const { endpoint } = named;
    refuseConfigured(deployment, named);
    const present = (await topic.subscriptions()).find((each) => isSame(each, named));
    if (!present) throw new AdminError('no_such_receiver', { endpoint, team: undefined });
    const { arn, teams } = present;
    if (arn === undefined || teams === undefined)
      throw new AdminError('receiver_is_unconfirmed', { endpoint });
    const left = team === undefined ? [] : withoutTeam({ endpoint, teams }, team);
    await record(deployment, 'notices remove', change, {
      from: teams === 'other' ? undefined : teams,
      to: left.length > 0 ? left : undefined,
    });
    await (left.length > 0 ? topic.setTeams(arn, left) : topic.unsubscribe(arn));
  });
}

function withoutTeam(
  { endpoint, teams }: { readonly endpoint: string; readonly teams: TeamsOf },
  team: string,
): string[] {
  if (teams === 'other') throw new AdminError('receiver_has_own_filter', { endpoint });
  if (teams === 'all') throw new AdminError('receiver_is_of_all_teams', { endpoint });
  if (!teams.includes(team)) throw new AdminError('no_such_receiver', { endpoint, team });
  return teams.filter((each) => each !== team);
}

async function onTopic<Value>(
  deployment: Deployment,
  use: (topic: NoticeTopic) => Promise<Value>,
): Promise<Value> {
  const topic = new NoticeTopic(deployment);
  try {
    return await use(topic);
  } finally {
    topic.close();
  }
}

type Named = Pick<TopicSubscription, 'protocol' | 'endpoint'>;

function isSame(one: Named, other: Named): boolean {
  return one.protocol === other.protocol && one.endpoint === other.endpoint;
}

function protocolOf(receiver: Receiver): Named {
  if ('email' in receiver) return { protocol: 'email', endpoint: receiver.email };
  return {
    protocol: receiver.webhook.startsWith('http:') ? 'http' : 'https',
    endpoint: receiver.webhook,
  };
}

/** Webhooks without TLS are for programs beside a local gateway. */
const ofThisMachine = /^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?(?:\/|$)/;

async function checkChange(deployment: Deployment, { receiver, team }: ReceiverChange): Promise<Named> {
  const named = protocolOf(receiver);
  const { endpoint } = named;
  const isLocal = deployment.endpoints('sns').endpoint !== undefined;
  const schema = 'email' in receiver ? Email : Webhook;
  const rule =
    isLocal && ofThisMachine.test(endpoint)
      ? undefined
      : z.safeParse(schema, endpoint).error?.issues[0]?.message;
  if (rule !== undefined) throw new AdminError('invalid_receiver', { endpoint, rule });
  refuseConfigured(deployment, named);
  if (team !== undefined) await requireTeam(deployment, team);
  return named;
}

function refuseConfigured({ config }: Deployment, named: Named): void {
  if (receiversOf(config).some((each) => isSame(each, named)))
    throw new AdminError('receiver_is_of_config', { endpoint: named.endpoint });
}

async function record(
  deployment: Deployment,
  action: 'notices add' | 'notices remove',
  { receiver, team }: ReceiverChange,
  { from, to }: { readonly from?: TeamsOf | undefined; readonly to?: TeamsOf | undefined },
): Promise<void> {
  const state = (teams: TeamsOf | undefined) => teams && { ...receiver, teams };
  await deployment.table.transact([
    await recordOf(deployment, { action, team, from: state(from), to: state(to) }),
  ]);
}
