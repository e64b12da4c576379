import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { listChanges, listReceivers, localEndpoints, openDeployment } from '@org/admin';
import { localCredentials } from '@org/admin/local-gateway';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { configs } from './configs.ts';
import { editResources } from './edit-template.ts';
import { type Reply, type System, type SystemOptions, startSystem } from './harness.ts';
import { commandLine } from './keys/command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const model = 'nova-lite';

/** The receiver of the documentation. */
async function documentedReceiver() {
  const page = await readFile(join(import.meta.dirname, '../docs/notices.md'), 'utf8');
  const [, code = ''] = /^```js\n(.*?)^```/ms.exec(page) ?? [];
  const directory = await mkdtemp(join(tmpdir(), 'receiver-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'receiver.mjs');
  await writeFile(file, code);
  const { createReceiver }: { createReceiver: (options: object) => Server } = await import(
    pathToFileURL(file).href
  );
  return createReceiver;
}

/** What a notice has, and nothing else. */
const Notice = z.strictObject({
  ...{ deployment: z.string(), team: z.string(), scope: z.string(), limit: z.string(), period: z.string() },
  ...{ threshold: z.number(), max: z.number(), used: z.number(), resetsAt: z.string() },
  ...{ requestId: z.string(), text: z.string() },
});
type Notice = z.output<typeof Notice>;

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`;
}

async function start(options?: SystemOptions) {
  const system = await startSystem('notified', options);
  const endpoints = await localEndpoints(system.url, 'notified-dev');
  const deployment = await openDeployment(configs.notified, endpoints, () => noon);
  onTestFinished(() => deployment.close());
  const proxy = await commandLine(new URL(system.url).origin, configs.notified, () => noon);
  /** A webhook as documented, which is named at run time. */
  const receive = async (...team: string[]) => {
    const notices: Notice[] = [];
    const createReceiver = await documentedReceiver();
    const url = await listening(
      createReceiver({
        topicArn: deployment.noticeTopicArn,
        certificates: /^http:\/\/127\.0\.0\.1:/,
        onNotice: (notice: unknown) => notices.push(z.parse(Notice, notice)),
      }),
    );
    const added = await proxy('notices', 'add', '--webhook', url, ...team);
    const confirmed = async () =>
      (await listReceivers(deployment)).some((each) => each.endpoint === url && each.confirmed);
    while (!(await confirmed())) await setImmediate();
    const untilReceived = async (count: number) => {
      while (notices.length < count) await setImmediate();
      return notices;
    };
    return { url, notices, added, untilReceived };
  };
  const ask = (key: string) => system.ask(key, { model, question: 'A secret?' });
  /** One after the other; each has to be answered. */
  const spend = async (key: string, calls: number) => {
    const replies: Reply[] = [];
    for (let call = 0; call < calls; call += 1) replies.push(await ask(key));
    expect(replies.map(({ status }) => status)).toEqual(Array(calls).fill(200));
    return replies;
  };
  return { ...system, deployment, proxy, receive, ask, spend };
}

const crossings = ({ logs }: Pick<System, 'logs'>) =>
  logs.filter((line) => line.includes('"limitsNearlyReached"'));

test('a call that takes a limit past 80 % is one notice to a webhook, which verifies it; others get none', async () => {
  const system = await start();
  const { spend, receive, keyValue } = system;
  const ofTeam = await receive('--team', 'ten');
  expect(ofTeam.added.stderr).toContain(
    'was asked by SNS to confirm that it wants the notices of the team ten',
  );
  const ofOther = await receive('--team', 'hundred');
  await spend('ten-key', 7);
  expect(crossings(system)).toEqual([]);
  const [eighth] = await spend('ten-key', 1);
  await ofTeam.untilReceived(1);
  await spend('ten-key', 1);
  const [tenth] = await spend('ten-key', 1);
  const text = expect.stringMatching(
    /^The team ten has used 10 of 10 requests today: 95 % of the limit or more\./,
  );
  const facts = {
    ...{ deployment: 'notified-dev', team: 'ten', scope: 'team', limit: 'requests', period: 'day' },
    ...{ max: 10, resetsAt: '2026-11-23T00:00:00.000Z' },
  };
  const notices = await ofTeam.untilReceived(2);
  expect(notices).toEqual([
    {
      ...facts,
      ...{ threshold: 80, used: 8, requestId: eighth?.headers.get('x-request-id') },
      text: expect.any(String),
    },
    { ...facts, ...{ threshold: 95, used: 10, requestId: tenth?.headers.get('x-request-id') }, text },
  ]);
  // Mails are lines; they have nothing of a prompt or a key either.
  const mails = system.logs.filter((line) => line.includes('"ann@example.com"'));
  expect(mails).toHaveLength(2);
  for (const secret of ['secret', keyValue('ten-key'), localCredentials.secretAccessKey])
    expect(JSON.stringify([notices, mails])).not.toContain(secret);
  expect(ofOther.notices).toEqual([]);
});

test('of 50 callers at once, exactly one takes a limit past a share', async () => {
  const system = await start();
  const ofAll = await system.receive();
  const caller = async () => {
    while (crossings(system).length === 0) await system.ask('hundred-key');
  };
  await Promise.all(Array.from({ length: 50 }, caller));
  await ofAll.untilReceived(crossings(system).length);
  // The next notice comes after all of these.
  await system.spend('ten-key', 8);
  while (!ofAll.notices.some(({ team }) => team === 'ten')) await setImmediate();
  const reached = ofAll.notices.filter(({ threshold }) => threshold === 80);
  expect(reached.map(({ team }) => team)).toEqual(['hundred', 'ten']);
  expect(ofAll.notices.filter(({ threshold }) => threshold === 95).length).toBeLessThanOrEqual(1);
});

test('a webhook of the config gets the notices of its team', async () => {
  const messages: string[] = [];
  const url = await listening(
    createServer(async (request, response) => {
      const message = z.parse(Posted, JSON.parse(Buffer.concat(await request.toArray()).toString()));
      if (message.SubscribeURL !== undefined) await fetch(message.SubscribeURL);
      else messages.push(message.Message);
      response.end();
    }),
  );
  const { spend } = await start({
    editTemplate: editResources('AWS::SNS::Subscription', (properties) =>
      properties['Protocol'] === 'https' ? { ...properties, Protocol: 'http', Endpoint: url } : properties,
    ),
  });
  await spend('ten-key', 8);
  while (messages.length === 0) await setImmediate();
  expect(messages.map((message) => z.parse(Notice, JSON.parse(message)))).toMatchObject([{ threshold: 80 }]);
});

const Posted = z.object({ Message: z.string(), SubscribeURL: z.optional(z.string()) });

test('a forged, a changed and a foreign message are refused by the documented receiver', async () => {
  const createReceiver = await documentedReceiver();
  const notices: unknown[] = [];
  const system = await start();
  const posted: string[] = [];
  const tap = await listening(
    createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const { SubscribeURL } = z.parse(Posted, JSON.parse(body));
      if (SubscribeURL === undefined) posted.push(body);
      else await fetch(SubscribeURL);
      response.end();
    }),
  );
  await system.proxy('notices', 'add', '--webhook', tap);
  await system.spend('ten-key', 8);
  while (posted.length === 0) await setImmediate();
  const message = z.parse(z.record(z.string(), z.unknown()), JSON.parse(posted[0] ?? ''));
  const statusOf = async (sent: object, options: object = {}) => {
    const url = await listening(
      createReceiver({
        topicArn: system.deployment.noticeTopicArn,
        certificates: /^http:\/\/127\.0\.0\.1:/,
        onNotice: (notice: unknown) => notices.push(notice),
        ...options,
      }),
    );
    return (await fetch(url, { method: 'POST', body: JSON.stringify(sent) })).status;
  };
  expect(await statusOf(message)).toBe(200);
  expect(notices).toHaveLength(1);
  expect(await statusOf({ ...message, Message: '{}' })).toBe(403);
  expect(await statusOf({ ...message, SignatureVersion: '1' })).toBe(403);
  expect(await statusOf(message, { topicArn: 'arn:aws:sns:us-east-1:111122223333:other' })).toBe(403);
  // By default, only AWS's certificates are taken.
  expect(await statusOf(message, { certificates: undefined })).toBe(403);
  expect(notices).toHaveLength(1);
});

test('without SNS the caller has its answer, and the lost notice is a line with a metric', async () => {
  const { spend, logs } = await start({ environment: { AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:9' } });
  await spend('ten-key', 8);
  const lost = () => logs.filter((line) => line.includes('"message":"notice"'));
  while (lost().length === 0) await setImmediate();
  expect(lost().map((line) => JSON.parse(line))).toMatchObject([
    { level: 'ERROR', failure: 'ECONNREFUSED', NoticesNotSent: 1, requestId: expect.any(String) },
  ]);
  expect(logs.join('\n')).not.toContain('secret');
});

test('the last byte of an answer goes out before its notice is sent', async () => {
  const asked = Promise.withResolvers<void>();
  const silent = await listening(createServer(() => asked.resolve()));
  const { spend } = await start({ environment: { AWS_ENDPOINT_URL_SNS: silent } });
  await spend('ten-key', 8);
  await asked.promise;
});

test('receivers are added, listed and removed at run time, and each change is recorded', async () => {
  const { proxy, deployment } = await start();
  await proxy('teams', 'create', 'acme', '--plan', 'ten');
  const add = (...args: string[]) => proxy('notices', 'add', '--email', 'cid@example.com', ...args);
  expect((await add('--team', 'acme')).stderr).toContain('was asked by SNS to confirm');
  expect((await add('--team', 'acme')).stderr).toContain('already gets the notices of the team acme');
  expect((await add('--team', 'ten')).stderr).toContain('now also gets the notices of the team ten');
  const listed = async () =>
    (await proxy('notices', 'list')).stdout.split('\n').filter((line) => line.includes('cid@example.com'));
  expect(await listed()).toEqual([
    expect.stringMatching(/^cid@example\.com +mail +acme, ten +confirmed +run-time$/),
  ]);
  expect((await proxy('notices', 'list', '--team', 'ten')).stdout.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^operators@example\.com +mail +all +confirmed +config$/),
    expect.stringMatching(/^ann@example\.com +mail +ten +confirmed +config$/),
    expect.stringMatching(/^https:\/\/hooks\.example\.com\/limits +https +ten +confirmed +config$/),
    expect.stringContaining('cid@example.com'),
  ]);
  const remove = (...args: string[]) => proxy('notices', 'remove', '--email', 'cid@example.com', ...args);
  expect((await remove('--team', 'ten')).stderr).toContain('gets no more notices of the team ten');
  expect(await listed()).toEqual([expect.stringMatching(/ mail +acme +confirmed/)]);
  expect((await add()).stderr).toContain('now also gets the notices of all teams');
  expect((await remove('--team', 'acme')).stderr).toContain('gets the notices of all teams.');
  expect((await remove()).stderr).toContain('gets no more notices in');
  expect(await listed()).toEqual([]);
  const email = 'cid@example.com';
  const records = (await listChanges(deployment, {})).filter(({ action }) => action.startsWith('notices'));
  expect(records.map(({ action, team, from, to }) => ({ action, team, from, to }))).toEqual(
    expect.arrayContaining([
      { action: 'notices add', team: 'acme', from: undefined, to: { email, teams: ['acme'] } },
      {
        ...{ action: 'notices add', team: 'ten' },
        ...{ from: { email, teams: ['acme'] }, to: { email, teams: ['acme', 'ten'] } },
      },
      { action: 'notices remove', team: undefined, from: { email, teams: 'all' }, to: undefined },
    ]),
  );
  expect(records).toHaveLength(5);
});

test('a receiver that has not confirmed can only be asked again', async () => {
  const { proxy } = await start();
  const silent = await listening(createServer((_, response) => response.end()));
  const add = (...args: string[]) => proxy('notices', 'add', '--webhook', silent, ...args);
  for (let time = 0; time < 2; time += 1)
    expect((await add('--team', 'ten')).stderr).toContain('was asked by SNS to confirm');
  expect((await add()).stderr).toContain('has not confirmed yet');
  expect((await proxy('notices', 'remove', '--webhook', silent)).stderr).toContain('has not confirmed yet');
  expect((await proxy('notices', 'list')).stdout).toMatch(/ http +not known +not confirmed +run-time/);
});

test.each([
  [['add', '--email', 'ann'], '"ann" cannot get notices.\nIt must be an e-mail address.'],
  [['add', '--webhook', 'http://hooks.example.com'], 'must be an https URL'],
  [['add', '--webhook', 'http://127.0.0.1.example.com'], 'must be an https URL'],
  [['add', '--email', 'ann@example.com'], 'is in the config.\nChange it there'],
  [['add', '--email', 'cid@example.com', '--team', 'no-team'], 'There is no team "no-team"'],
  [['add'], 'Give one of --email ADDRESS and --webhook URL.'],
  [
    ['add', '--email', 'a@example.com', '--webhook', 'https://a.example.com'],
    'An address and a URL were given.',
  ],
  [['remove', '--email', 'cid@example.com'], 'cid@example.com gets no notices.'],
  [['remove', '--email', 'operators@example.com'], 'is in the config.'],
])('notices %j is refused and changes nothing', async (args, message) => {
  const { proxy } = await start();
  const { code, stderr } = await proxy('notices', ...args);
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect((await proxy('audit', '--json')).stdout).toBe('[]');
});

test('a deployment without notices says how to have them', async () => {
  const { url } = await startSystem('counted');
  const proxy = await commandLine(new URL(url).origin, configs.counted, () => noon);
  const { code, stderr } = await proxy('notices', 'add', '--email', 'ann@example.com');
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('Add "notify: true" to the config, and deploy once.'),
  ]);
});
