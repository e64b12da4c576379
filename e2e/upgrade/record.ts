// Records this checkout as a release that later ones are upgraded from:
//
//   npm run record-release
//
// It deploys a config on this machine, lets the release's own command line and functions write to the table, and keeps
// what an account would then have: the template, the functions, the table's items and the API keys.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { run } from '@org/cli/program';
import { recordingTerminal } from '@org/cli/testing';
import { parseProxyConfig } from '@org/infra/config';
import { synthesize } from '@org/infra/stack';
import { startGateway } from '@org/local';
import { startBedrock } from '@org/local/bedrock';
import { createTables, startDynamoDb } from '@org/local/dynamodb';
import { dynamoDbClient } from '../dynamodb-client.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

const plan = {
  throttle: { rate: 1000, burst: 1000 },
  quota: { limit: 10_000, period: 'MONTH' },
  models: ['llama', 'nova-lite'],
};

/** With limits of each kind, and all resources that keep something: keys, plans, counters, logs. */
const config = {
  name: 'upgraded',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama', 'nova-lite'],
  plans: {
    few: { ...plan, limits: { requests: { day: 12, month: 1000 } } },
    priced: { ...plan, limits: { tokens: { month: 20_000 }, usd: { month: 1 } } },
  },
  teams: {
    first: { plan: 'few', keys: ['first-app', { name: 'first-intern', limits: { requests: { month: 4 } } }] },
    thrifty: { plan: 'priced', keys: ['thrifty-app'] },
  },
  accessLog: true,
  alarms: { email: 'operators@example.com' },
};

const commands = [
  'teams create visiting --plan few',
  'keys create visiting-app --team visiting',
  'keys create visiting-intern --team visiting --limit requests/month=4',
  'keys create first-extra --team first',
  'keys rotate first-extra',
  'keys create first-ended --team first',
  'keys revoke first-ended --yes',
];

/** Half of each limit of requests is left. */
const calls: Readonly<Record<string, number>> = {
  'first-app': 3,
  'first-intern': 2,
  'first-extra': 1,
  'visiting-app': 4,
  'visiting-intern': 2,
  'thrifty-app': 2,
};

const directory = mkdtempSync(join(tmpdir(), 'release-'));
const release = join(import.meta.dirname, 'release');
const assembly = join(directory, 'assembly');
const keyFile = join(directory, 'keys.json');
const configFile = join(directory, 'config.mjs');
writeFileSync(configFile, `export default ${JSON.stringify(config)};\n`);
synthesize(parseProxyConfig(config), { outdir: assembly });

const bedrock = await startBedrock();
const dynamodb = await startDynamoDb();
const gateway = await startGateway({
  assembly,
  keyFile,
  clock: { now: () => noon },
  environment: {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
  },
});
await createTables(gateway.tables, dynamodb.url);

async function command(line: string): Promise<string> {
  const terminal = recordingTerminal();
  const args = [...line.split(' '), '--local', new URL(gateway.url).origin, '--config', configFile];
  const code = await run(args, terminal, () => noon);
  if (code !== 0) throw new Error(`${line} ended with ${code}: ${terminal.noted.join('\n')}`);
  return terminal.printed.join('\n');
}

async function ask(apiKey: string): Promise<void> {
  const response = await fetch(`${gateway.url}/bedrock`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'nova-lite', question: 'What is a dystopia?', maxTokens: 50 }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

for (const line of commands) await command(line);
const present: { name: string; value: string }[] = [
  ...gateway.apiKeys,
  ...JSON.parse(readFileSync(keyFile, 'utf8')).keys,
];
const values = Object.fromEntries(present.map(({ name, value }) => [name, value]));
for (const [name, count] of Object.entries(calls)) {
  for (let call = 0; call < count; call += 1) await ask(values[name] ?? '');
}

const table = dynamoDbClient(dynamodb.url);
const { Items: items } = await table.send(
  new ScanCommand({ TableName: gateway.tables[0]?.name, ConsistentRead: true }),
);
const recorded = {
  config,
  items,
  keys: JSON.parse(readFileSync(keyFile, 'utf8')),
  shown: {
    teams: JSON.parse(await command('teams list --json')),
    keys: JSON.parse(await command('keys list --json')),
    usage: JSON.parse(await command('usage --json')),
  },
};
writeFileSync(join(release, 'recorded.json'), `${JSON.stringify(recorded, undefined, 2)}\n`);
table.destroy();
await gateway.close();
await Promise.all([dynamodb.close(), bedrock.close()]);

// No name of a user and no time, so that the same release is the same file.
const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
execFileSync('tar', [
  ...[
    '-czf',
    join(release, 'assembly.tar.gz'),
    ...reproducible,
    '--exclude=tree.json',
    '--exclude=*.metadata.json',
  ],
  ...['-C', assembly, '.'],
]);
rmSync(directory, { recursive: true });
