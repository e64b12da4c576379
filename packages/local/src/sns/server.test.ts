import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { localCredentials } from '@org/admin/local-gateway';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import type { Subscription } from '../template/watch.ts';
import { type Delivery, startSns } from './server.ts';

const TopicArn = 'arn:aws:sns:us-east-1:111122223333:notices';

const Posted = z.looseObject({
  Type: z.string(),
  Message: z.string(),
  SubscribeURL: z.optional(z.string()),
  SigningCertURL: z.string(),
});

/** A webhook that keeps what is posted, and confirms itself if it should. */
async function startWebhook({ confirms = true } = {}) {
  const posts: { readonly headers: IncomingHttpHeaders; readonly body: z.output<typeof Posted> }[] = [];
  const server = createServer(async (request, response) => {
    const body = z.parse(Posted, await json(request));
    posts.push({ headers: request.headers, body });
    if (confirms && body.SubscribeURL !== undefined) await fetch(body.SubscribeURL);
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/hook`, posts };
}

async function start(subscriptions: readonly Omit<Subscription, 'logicalId' | 'topicArn'>[] = []) {
  const deliveries: Delivery[] = [];
  const sns = await startSns({
    topics: [TopicArn],
    subscriptions: subscriptions.map((each, index) => ({
      ...each,
      logicalId: `S${index}`,
      topicArn: TopicArn,
    })),
    clock: { now: () => Date.parse('2026-11-22T12:00:00Z') },
    onDelivery: (delivery) => deliveries.push(delivery),
  });
  onTestFinished(() => sns.close());
  const connect = (
    credentials: typeof localCredentials | Record<keyof typeof localCredentials, string> = localCredentials,
  ) => {
    const client = new SNSClient({ region: 'us-east-1', endpoint: sns.url, credentials, maxAttempts: 1 });
    onTestFinished(() => client.destroy());
    return client;
  };
  const client = connect();
  const publish = (team: string) =>
    client.send(
      new PublishCommand({
        ...{ TopicArn, Subject: 'A limit', MessageStructure: 'json' },
        Message: JSON.stringify({ default: '{"used":4}', email: 'Four are used.' }),
        MessageAttributes: { team: { DataType: 'String', StringValue: team } },
      }),
    );
  const untilDelivered = async (count: number) => {
    while (deliveries.length < count) await setImmediate();
    return deliveries;
  };
  const list = async () =>
    (await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions ?? [];
  return { url: sns.url, client, connect, publish, list, untilDelivered };
}

test('a webhook of the template is asked to confirm, and then gets the messages of its teams', async () => {
  const { url, posts } = await startWebhook();
  const { publish, untilDelivered } = await start([
    { protocol: 'http', endpoint: url, filter: { team: ['acme'] } },
  ]);
  await untilDelivered(1);
  await publish('other');
  await publish('acme');
  expect(await untilDelivered(2)).toEqual([
    ...[
      {
        kind: 'confirmation',
        subject: 'SubscriptionConfirmation',
        protocol: 'http',
        endpoint: url,
        outcome: 200,
      },
    ],
    ...[{ kind: 'message', subject: 'A limit', protocol: 'http', endpoint: url, outcome: 200 }],
  ]);
  expect(posts[1]).toMatchObject({
    headers: { 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': TopicArn },
    body: {
      ...{ Type: 'Notification', TopicArn, Subject: 'A limit', Message: '{"used":4}' },
      ...{ Timestamp: '2026-11-22T12:00:00.000Z', SignatureVersion: '2' },
      MessageAttributes: { team: { Type: 'String', Value: 'acme' } },
    },
  });
});

test('a webhook that does not confirm gets no message', async () => {
  const { url, posts } = await startWebhook({ confirms: false });
  const { client, publish, list, untilDelivered } = await start();
  const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: url });
  expect((await client.send(subscribe)).SubscriptionArn).toBe('pending confirmation');
  await untilDelivered(1);
  await publish('acme');
  await untilDelivered(2);
  expect(posts.map(({ body }) => body.Type)).toEqual(Array(2).fill('SubscriptionConfirmation'));
  expect(await list()).toMatchObject([{ SubscriptionArn: 'PendingConfirmation', Endpoint: url }]);
});

test('mails, and webhooks that are not on this machine, count as confirmed and get nothing', async () => {
  const elsewhere = ['https://hooks.example.com/limits', 'http://10.0.0.1/', 'http://127.0.0.1.example.com/'];
  const { publish, untilDelivered } = await start([
    { protocol: 'email', endpoint: 'ann@example.com' },
    ...elsewhere.map((endpoint) => ({ protocol: 'https', endpoint })),
  ]);
  await publish('acme');
  const outcomes = (await untilDelivered(4)).map(({ endpoint, outcome }) => [endpoint, outcome]);
  expect(outcomes).toEqual(
    ['ann@example.com', ...elsewhere].map((endpoint) => [endpoint, expect.stringContaining('not sent')]),
  );
});

test('a subscription is made, read, changed and removed, as with AWS', async () => {
  const { client, publish, list, untilDelivered } = await start();
  const subscribe = (teams: string[]) =>
    client.send(
      new SubscribeCommand({
        ...{ TopicArn, Protocol: 'email', Endpoint: 'ann@example.com' },
        Attributes: { FilterPolicy: JSON.stringify({ team: teams }) },
      }),
    );
  const { SubscriptionArn } = await subscribe(['acme']);
  expect(await subscribe(['acme'])).toMatchObject({ SubscriptionArn });
  await expect(subscribe(['other'])).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('already exists with different attributes'),
  });
  const policy = async () =>
    (await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes?.[
      'FilterPolicy'
    ];
  expect(await policy()).toBe('{"team":["acme"]}');
  const AttributeName = 'FilterPolicy';
  await client.send(
    new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue: '{}' }),
  );
  expect(await policy()).toBeUndefined();
  await publish('other');
  await untilDelivered(1);
  await client.send(new UnsubscribeCommand({ SubscriptionArn }));
  expect(await list()).toEqual([]);
  await expect(policy()).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('a request with another signature, for another topic, or a link to anything else is refused', async () => {
  const { url, client, connect } = await start();
  const stranger = connect({ ...localCredentials, secretAccessKey: 'other' });
  await expect(stranger.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  const other = `${TopicArn}-other`;
  await expect(client.send(new PublishCommand({ TopicArn: other, Message: 'x' }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
  const query = new URLSearchParams({ Action: 'Publish', TopicArn, Message: 'x' });
  expect((await fetch(`${url}/?${query}`)).status).toBe(403);
  expect((await fetch(url, { method: 'POST', body: query })).status).toBe(403);
});
