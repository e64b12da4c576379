import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Subscription } from '../template/watch.ts';

type Filter = Subscription['filter'];

/** A subscription as SNS knows it. */
export interface Subscribed {
  /** Its ARN. */
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  filter: Filter;
  /** What confirms it. Undefined: it is confirmed. */
  token: string | undefined;
}

/** The subscriptions of topics: those of the template, and others. */
export class Subscriptions {
  readonly #all = new Map<string, Subscribed>();

  constructor(ofTemplate: readonly Subscription[]) {
    for (const { logicalId, topicArn, protocol, endpoint, filter } of ofTemplate) {
      this.#put({ arn: `${topicArn}:${logicalId}`, topicArn, protocol, endpoint, filter });
    }
  }

  /** The present one of the same endpoint, or a new one; undefined if the present one has another filter. */
  add(subscription: Omit<Subscription, 'logicalId'>): Subscribed | undefined {
    const { topicArn, protocol, endpoint, filter } = subscription;
    const present = this.of(topicArn).find(
      (each) => each.protocol === protocol && each.endpoint === endpoint,
    );
    if (present) return isDeepStrictEqual(present.filter, filter) ? present : undefined;
    return this.#put({ arn: `${topicArn}:${randomUUID()}`, topicArn, protocol, endpoint, filter });
  }

  confirm(topicArn: string, token: string | null): Subscribed | undefined {
    const found = this.of(topicArn).find((each) => each.token !== undefined && each.token === token);
    if (found) found.token = undefined;
    return found;
  }

  of(topicArn: string): Subscribed[] {
    return [...this.#all.values()].filter((each) => each.topicArn === topicArn);
  }

  /** A confirmed one. */
  get(arn: string | null): Subscribed | undefined {
    const found = this.#all.get(arn ?? '');
    return found?.token === undefined ? found : undefined;
  }

  delete({ arn }: Subscribed): void {
    this.#all.delete(arn);
  }

  #put({ filter, ...subscription }: Omit<Subscribed, 'token'>): Subscribed {
    // Only what can be asked confirms itself.
    const token = isLoopback(subscription.endpoint) ? randomBytes(32).toString('hex') : undefined;
    const added = { ...subscription, filter, token };
    this.#all.set(added.arn, added);
    return added;
  }
}

/** Whether a message with these attributes passes a filter. */
export function passes(filter: Filter, attributes: Readonly<Record<string, string>>): boolean {
  return Object.entries(filter ?? {}).every(([name, values]) => values.includes(attributes[name] ?? ''));
}

/** Whether an endpoint is a URL of this machine: no other is ever asked. */
export function isLoopback(endpoint: string): boolean {
  const url = URL.parse(endpoint);
  return (
    /^https?:$/.test(url?.protocol ?? '') && ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '')
  );
}
