import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import type { Clock } from '../clock.ts';
import { answerQuery, element, refuseQuery, type Xml } from '../control-plane/query-protocol.ts';
import type { WholeResponse } from '../http/response.ts';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { isSigned } from '../signature.ts';
import type { Watch } from '../template/watch.ts';
import { signedMessage, type Unsigned } from './signed-message.ts';
import { signingCertificate } from './signing-key.ts';
import { isLoopback, passes, type Subscribed, Subscriptions } from './subscriptions.ts';

/** What became of a message, or of the question for a confirmation. */
export interface Delivery {
  readonly kind: 'message' | 'confirmation';
  readonly subject: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** The receiver's HTTP status, or why there is none. */
  readonly outcome: number | string;
}

export interface SnsOptions extends Pick<Watch, 'topics' | 'subscriptions'> {
  readonly clock: Clock;
  readonly onDelivery: (delivery: Delivery) => void;
}

export interface LocalSns {
  /** For `AWS_ENDPOINT_URL_SNS`. */
  readonly url: string;
  close(): Promise<void>;
}

/** How long a webhook may take: https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html */
const webhookMs = 15_000;

const certificatePath = '/SimpleNotificationService-local.pem';

/** A request that SNS refuses. */
class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const Filter = z.record(z.string(), z.array(z.string()));
const Messages = z.catchall(z.object({ default: z.string() }), z.string());

/**
 * The part of SNS that notices need: it publishes, and manages the subscriptions of the template's topics. The signature of a
 * request must be that of the local credentials.
 *
 * Messages are posted only to webhooks on this machine, which the config or an operator has named; each is signed, and tried
 * once. Mails, and webhooks elsewhere, count as confirmed and get nothing.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
 */
export async function startSns({ topics, subscriptions, clock, onDelivery }: SnsOptions): Promise<LocalSns> {
  const all = new Subscriptions(subscriptions);
  let url = '';

  const topicOf = (parameters: URLSearchParams): string => {
    const topic = topics.find((arn) => arn === parameters.get('TopicArn'));
    if (topic === undefined) throw new Refusal('NotFound', 'Topic does not exist');
    return topic;
  };
  const found = (parameters: URLSearchParams): Subscribed => {
    const subscription = all.get(parameters.get('SubscriptionArn'));
    if (!subscription) throw new Refusal('NotFound', 'Subscription does not exist');
    return subscription;
  };

  const post = async (to: Subscribed, kind: Delivery['kind'], message: Unsigned): Promise<void> => {
    const { protocol, endpoint } = to;
    const outcome = await fetch(endpoint, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(webhookMs),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': message.Type,
        'x-amz-sns-message-id': message.MessageId,
        'x-amz-sns-topic-arn': message.TopicArn,
        ...(kind === 'message' && { 'x-amz-sns-subscription-arn': to.arn }),
      },
      body: JSON.stringify(signedMessage(message, `${url}${certificatePath}`), undefined, 2),
    }).then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      (error: unknown) => (error instanceof Error ? error.name : 'Error'),
    );
    onDelivery({ kind, subject: message.Subject ?? message.Type, protocol, endpoint, outcome });
  };
  const base = (topicArn: string) => ({
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Timestamp: new Date(clock.now()).toISOString(),
  });

  /** Asks a webhook that is not confirmed yet. */
  const ask = async (to: Subscribed): Promise<void> => {
    const { topicArn, token } = to;
    if (token === undefined) return;
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token });
    await post(to, 'confirmation', {
      Type: 'SubscriptionConfirmation',
      ...base(topicArn),
      Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
      SubscribeURL: `${url}/?${query}`,
      Token: token,
    });
  };

  const deliver = async (to: Subscribed, message: PublishedMessage): Promise<void> => {
    const { protocol, endpoint } = to;
    const { Subject } = message;
    if (!isLoopback(endpoint)) {
      const outcome = 'not sent: only webhooks on this machine are';
      onDelivery({ kind: 'message', subject: Subject, protocol, endpoint, outcome });
      return;
    }
    // On AWS it is asked once; here it may have been started only now.
    await ask(to);
    if (to.token !== undefined) return;
    const { texts, attributes } = message;
    await post(to, 'message', {
      Type: 'Notification',
      ...base(to.topicArn),
      Subject,
      Message: texts[protocol] ?? texts.default,
      UnsubscribeURL: `${url}/?${new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn: to.arn })}`,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
      ),
    });
  };

  const actions: Readonly<Record<string, (parameters: URLSearchParams) => Xml[] | undefined>> = {
    Publish(parameters) {
      const topicArn = topicOf(parameters);
      const message = publishedMessage(parameters);
      for (const to of all.of(topicArn)) if (passes(to.filter, message.attributes)) void deliver(to, message);
      return [element('MessageId', randomUUID())];
    },
    Subscribe(parameters) {
      const topicArn = topicOf(parameters);
      const [protocol, endpoint] = [parameters.get('Protocol') ?? '', parameters.get('Endpoint') ?? ''];
      if (!['email', 'http', 'https'].includes(protocol) || endpoint === '')
        throw new Refusal('InvalidParameter', 'Invalid parameter: Protocol or Endpoint');
      const filter = filterIn(entriesOf(parameters, 'Attributes', 'key', 'value')['FilterPolicy']);
      const subscription = all.add({ topicArn, protocol, endpoint, filter });
      if (!subscription) {
        const reason = 'Subscription already exists with different attributes';
        throw new Refusal('InvalidParameter', `Invalid parameter: Attributes Reason: ${reason}`);
      }
      void ask(subscription);
      const pending = subscription.token !== undefined && parameters.get('ReturnSubscriptionArn') !== 'true';
      return [element('SubscriptionArn', pending ? 'pending confirmation' : subscription.arn)];
    },
    ConfirmSubscription(parameters) {
      const confirmed = all.confirm(topicOf(parameters), parameters.get('Token'));
      if (!confirmed) throw new Refusal('InvalidParameter', 'Invalid token');
      return [element('SubscriptionArn', confirmed.arn)];
    },
    Unsubscribe(parameters) {
      all.delete(found(parameters));
      return undefined;
    },
    ListSubscriptionsByTopic(parameters) {
      const members = all
        .of(topicOf(parameters))
        .map(({ arn, topicArn, protocol, endpoint, token }) =>
          element('member', [
            element('SubscriptionArn', token === undefined ? arn : 'PendingConfirmation'),
            element('Owner', topicArn.split(':')[4] ?? ''),
            element('Protocol', protocol),
            element('Endpoint', endpoint),
            element('TopicArn', topicArn),
          ]),
        );
      return [element('Subscriptions', members)];
    },
    GetSubscriptionAttributes(parameters) {
      const { arn, topicArn, protocol, endpoint, filter } = found(parameters);
      const attributes = {
        ...{ SubscriptionArn: arn, TopicArn: topicArn, Protocol: protocol, Endpoint: endpoint },
        ...(filter && { FilterPolicy: JSON.stringify(filter) }),
      };
      const entries = Object.entries(attributes).map(([key, value]) =>
        element('entry', [element('key', key), element('value', value)]),
      );
      return [element('Attributes', entries)];
    },
    SetSubscriptionAttributes(parameters) {
      const subscription = found(parameters);
      if (parameters.get('AttributeName') !== 'FilterPolicy')
        throw new Refusal('InvalidParameter', 'Invalid parameter: AttributeName');
      subscription.filter = filterIn(parameters.get('AttributeValue') ?? undefined);
      return undefined;
    },
  };
  /** The links in messages, which no signature is needed for. */
  const links: ReadonlySet<string> = new Set(['ConfirmSubscription', 'Unsubscribe']);

  const answer = async (request: IncomingMessage): Promise<WholeResponse> => {
    const id = randomUUID();
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (request.method === 'GET' && pathname === certificatePath)
      return { status: 200, headers: [['content-type', 'text/plain']], body: signingCertificate };
    const body = await buffer(request);
    const isLink = request.method === 'GET';
    const parameters = isLink ? searchParams : new URLSearchParams(body.toString());
    const action = parameters.get('Action') ?? '';
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!run) return refuseQuery('InvalidAction', `The local SNS has no ${action}`, id);
    if (isLink ? !links.has(action) : !(await isSigned(request, body, 'sns'))) {
      return { ...refuseQuery('SignatureDoesNotMatch', 'The request is not signed.', id), status: 403 };
    }
    try {
      return answerQuery(action, run(parameters) ?? [], id);
    } catch (error) {
      if (error instanceof Refusal) return refuseQuery(error.code, error.message, id);
      throw error;
    }
  };

  const server = createServer((request, response: ServerResponse) => {
    answer(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers.flat()).end(body),
      () => response.destroy(),
    );
  });
  url = await listenOnLoopback(server);
  // On AWS, too, those of a stack are asked when it is deployed.
  for (const topic of topics) for (const subscription of all.of(topic)) void ask(subscription);
  return { url, close: () => closeServer(server) };
}

interface PublishedMessage {
  readonly Subject: string;
  /** By protocol. */
  readonly texts: z.output<typeof Messages>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @throws {Refusal} For a message that SNS does not take. */
function publishedMessage(parameters: URLSearchParams): PublishedMessage {
  const subject = parameters.get('Subject') ?? '';
  if (!/^[ -~]{0,100}$/.test(subject)) throw new Refusal('InvalidParameter', 'Invalid parameter: Subject');
  const message = parameters.get('Message') ?? '';
  const { data: texts } =
    parameters.get('MessageStructure') === 'json'
      ? z.safeParse(Messages, parseJson(message))
      : { data: { default: message } };
  if (!texts) throw new Refusal('InvalidParameter', 'Invalid parameter: Message Structure');
  const attributes = entriesOf(parameters, 'MessageAttributes', 'Name', 'Value.StringValue');
  return { Subject: subject, texts, attributes };
}

function filterIn(text: string | undefined): z.output<typeof Filter> | undefined {
  if (text === undefined || text === '{}') return undefined;
  const { data } = z.safeParse(Filter, parseJson(text));
  if (!data) throw new Refusal('InvalidParameter', 'Invalid parameter: FilterPolicy');
  return data;
}

/** A map of the Query protocol: `Attributes.entry.1.key=...&Attributes.entry.1.value=...`. */
function entriesOf(
  parameters: URLSearchParams,
  name: string,
  key: string,
  value: string,
): Record<string, string> {
  const entries: [string, string][] = [];
  for (let index = 1; ; index += 1) {
    const entry = `${name}.entry.${index}`;
    const named = parameters.get(`${entry}.${key}`);
    if (named === null) return Object.fromEntries(entries);
    entries.push([named, parameters.get(`${entry}.${value}`) ?? '']);
  }
}
