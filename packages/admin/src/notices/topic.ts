import {
  GetSubscriptionAttributesCommand,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { parseJson } from '@org/contract';
import { webhookDelivery } from '@org/infra/config';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';

/** The teams whose notices a subscription gets, `all`, or `other` if it has a filter of another kind. */
export type TeamsOf = readonly string[] | 'all' | 'other';

/** A subscription of the topic of notices. */
export interface TopicSubscription {
  /** Undefined until its receiver has confirmed it: it can then be neither read nor changed. */
  readonly arn: string | undefined;
  /** Of SNS: `email`, `https` or any other. */
  readonly protocol: string;
  readonly endpoint: string;
  /** Undefined until it is confirmed. */
  readonly teams: TeamsOf | undefined;
}

const Filter = z.strictObject({ team: z.array(z.string()) });

/** The topic of a deployment's notices. */
export class NoticeTopic {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  /** @throws {AdminError} If the deployment has none. */
  constructor({ noticeTopicArn, endpoints, stack }: Deployment) {
    if (noticeTopicArn === undefined) throw new AdminError('no_notices', { stack });
    this.#topicArn = noticeTopicArn;
    this.#client = new SNSClient(endpoints('sns'));
  }

  async subscriptions(): Promise<TopicSubscription[]> {
    const pages = paginateListSubscriptionsByTopic({ client: this.#client }, { TopicArn: this.#topicArn });
    const all: Omit<TopicSubscription, 'teams'>[] = [];
    for await (const { Subscriptions: page = [] } of pages) {
      for (const { SubscriptionArn = '', Protocol: protocol = '', Endpoint: endpoint = '' } of page) {
        // Of others it says "PendingConfirmation" or "Deleted".
        const arn = SubscriptionArn.startsWith('arn:') ? SubscriptionArn : undefined;
        all.push({ arn, protocol, endpoint });
      }
    }
    return concurrently(all, async (subscription) => {
      const { arn } = subscription;
      return { ...subscription, teams: arn === undefined ? undefined : await this.#teamsOf(arn) };
    });
  }

  /** @returns Whether it is there now. It is not if one that waits for its confirmation is for other teams. */
  async subscribe(protocol: string, endpoint: string, teams: readonly string[] | 'all'): Promise<boolean> {
    try {
      await this.#client.send(
        new SubscribeCommand({
          ...{ TopicArn: this.#topicArn, Protocol: protocol, Endpoint: endpoint },
          Attributes: {
            ...(teams !== 'all' && { FilterPolicy: filterOf(teams) }),
            ...(protocol !== 'email' && { DeliveryPolicy: JSON.stringify(webhookDelivery) }),
          },
        }),
      );
      return true;
    } catch (error) {
      const said = error instanceof Error ? error.message : '';
      if (/already exists with different attributes/.test(said)) return false;
      throw error;
    }
  }

  async setTeams(arn: string, teams: readonly string[] | 'all'): Promise<void> {
    const AttributeValue = teams === 'all' ? '{}' : filterOf(teams);
    await this.#client.send(
      new SetSubscriptionAttributesCommand({
        ...{ SubscriptionArn: arn, AttributeName: 'FilterPolicy', AttributeValue },
      }),
    );
  }

  async unsubscribe(arn: string): Promise<void> {
    await this.#client.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
  }

  close(): void {
    this.#client.destroy();
  }

  async #teamsOf(arn: string): Promise<TeamsOf> {
    const command = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn });
    const { FilterPolicy: filter = '{}' } = (await this.#client.send(command)).Attributes ?? {};
    if (filter === '{}') return 'all';
    const { data } = z.safeParse(Filter, parseJson(filter));
    return data?.team ?? 'other';
  }
}

function filterOf(teams: readonly string[]): string {
  return JSON.stringify({ team: teams });
}
