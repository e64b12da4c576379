import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { createBedrockClient } from '@org/bedrock-client';
import { closeServer, listenOnLoopback } from '@org/local';
import { startBedrock } from '@org/local/bedrock';
import { startDynamoDb } from '@org/local/dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../test/run-program.ts';

const root = join(import.meta.dirname, '..');
const script = join(root, 'packages/local/src/start.ts');
const { PATH, NODE_COMPILE_CACHE } = process.env;

const run = (args: string[], environment: Record<string, string> = {}) =>
  runProgram(process.execPath, ['--conditions=@org/source', script, ...args], {
    env: { ...process.env, PORT: '0', ...environment },
  });

/** Starts it without --once, and waits until it says that it serves; it is stopped after the test. */
async function serve(...args: string[]) {
  return serveIn({}, ...args);
}

async function serveIn(environment: Record<string, string>, ...args: string[]) {
  const started = spawn(process.execPath, ['--conditions=@org/source', script, ...args], {
    env: { ...process.env, PORT: '0', ...environment },
  });
  onTestFinished(() => void started.kill('SIGKILL'));
  const lines: string[] = [];
  for await (const line of createInterface(started.stdout)) {
    lines.push(line);
    if (line.startsWith('Serving')) break;
  }
  return { started, lines };
}

test('--once prints the endpoint and every key, asks, prints the answer and ends, and says nothing of what comes after', async () => {
  const { code, stdout } = await run(['--once']);
  expect(stdout).toMatch(/^Endpoint: http:\/\/127\.0\.0\.1:\d+\/dev$/m);
  expect(stdout).toMatch(/^tollmkey +\w{40} +team toll, plan starter\n +titan, .*100 requests\/month/m);
  expect(stdout).toMatch(/^research-key +\w{40} +team research, plan research$/m);
  expect(stdout).not.toMatch(/curl|export|docs/);
  expect(stdout).toContain('You asked: What is a dystopia');
  expect(code).toBe(0);
});

test('without it, the API reference is named, and the printed lines for curl and the client work until the process is stopped', async () => {
  const { started, lines } = await serve();
  const curl = lines.find((line) => line.startsWith('curl ')) ?? '';
  const exported = lines.find((line) => line.startsWith('export ')) ?? '';
  expect(lines).toContainEqual(expect.stringMatching(/ http:\/\/127\.0\.0\.1:\d+\/docs#key=\w{40}$/));
  expect(lines).toContainEqual(expect.stringMatching(/ http:\/\/127\.0\.0\.1:\d+\/console\/#[\w-]{43}$/));
  const pages = lines.flatMap((line) => line.match(/docs\/\S+\.md/g) ?? []);
  expect(pages.length).toBeGreaterThan(0);
  expect(pages.filter((page) => !existsSync(join(root, page)))).toEqual([]);

  const ask =
    "import { createBedrockClient } from '@org/bedrock-client'; console.log((await createBedrockClient().models()).models.length);";
  const asked = await promisify(execFile)(
    'sh',
    ['-c', `${exported}\n'${process.execPath}' --input-type=module --eval "${ask}"`],
    { cwd: import.meta.dirname, env: { PATH, NODE_COMPILE_CACHE } },
  );
  expect(asked.stdout).toBe('4\n');

  const { stdout } = await promisify(execFile)('sh', ['-c', curl.replace(/^curl /, 'curl -s ')]);
  expect(JSON.parse(stdout)).toMatchObject({
    model: 'titan',
    text: expect.stringContaining('What is a dystopia'),
  });
  started.kill('SIGINT');
  expect(await once(started, 'exit')).toEqual([0, null]);
});

const askWithSdks = `
  const { default: OpenAI } = await import('openai');
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const messages = [{ role: 'user', content: 'What is a dystopia?' }];
  const model = 'nova-lite';
  const { choices } = await new OpenAI().chat.completions.create({ model, messages });
  const { content } = await new Anthropic().messages.create({ model, messages, max_tokens: 300 });
  console.log(JSON.stringify([choices[0].message.content, content[0].text]));
`;

test("the printed lines for OpenAI's and Anthropic's SDKs are all that these need", async () => {
  const { lines } = await serve();
  const exported = lines.find((line) => line.startsWith('export ')) ?? '';
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', `${exported}\n'${process.execPath}' --input-type=module --eval "$PROGRAM"`],
    { cwd: import.meta.dirname, env: { PATH, NODE_COMPILE_CACHE, PROGRAM: askWithSdks } },
  );
  const told = expect.stringContaining('What is a dystopia?');
  expect(JSON.parse(stdout)).toEqual([told, told]);
});

test('each request is a line, and with --log json what the functions log', async () => {
  const { stderr } = await run(['--once']);
  expect(stderr).toMatch(/^\d\d:\d\d:\d\d 200 ask titan toll \d+ tokens \$0\.0000\d+ \d+ ms$/m);
  const json = await run(['--once', '--log', 'json']);
  const logged = json.stderr.split('\n').filter((line) => line.startsWith('{'));
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ message: 'request', team: 'toll' }]);
});

const signIn = "signIn: { issuer: 'https://issuer.example.com', audience: ['app'], claim: 'team' },";

test('a config without keys serves the people who sign in: the printed line works as it stands, and a token that is refused is one line of the log', async () => {
  const { started, lines } = await serve('--config', await writeTeam({ keys: [], more: signIn }));
  const stderr: string[] = [];
  started.stderr.on('data', (chunk) => stderr.push(String(chunk)));
  const line = lines.find((each) => each.includes('/jwt')) ?? '';
  const { stdout } = await promisify(execFile)('sh', ['-c', line]);
  expect(JSON.parse(stdout)).toMatchObject({ model: 'nova-lite', text: expect.stringContaining('dystopia') });

  const endpoint = lines.find((each) => each.startsWith('Endpoint: '))?.slice('Endpoint: '.length);
  stderr.length = 0;
  const refused = await fetch(`${endpoint}/bedrock`, {
    method: 'POST',
    headers: { authorization: 'Bearer not.a.token', 'content-type': 'application/json' },
    body: '{}',
  });
  expect(refused.status).toBe(401);
  await expect.poll(() => stderr.join('')).toMatch(/\n$/);
  expect(stderr.join('')).toMatch(
    /^\d\d:\d\d:\d\d 401 POST \/test\/bedrock unauthenticated \(token: malformed\)\n$/,
  );
});

test('a port in use is said so, with the way out', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const { code, stderr } = await run(['--once'], { PORT: port });
  expect(stderr).toMatch(new RegExp(`^Port ${port} is in use.* PORT `));
  expect(code).toBe(1);
});

test('another config can be run, and its faults are named', async () => {
  const file = await writeConfig(
    `export default {
      name: 'other', stage: 'test', region: 'eu-west-1', models: ['nova-lite'],
      plans: { only: { throttle: { rate: 1, burst: 2 }, quota: { limit: 3, period: 'DAY' }, models: ['nova-lite'] } },
      teams: { one: { plan: 'only', keys: ['one-key'] } },
    };`,
  );
  const good = await run(['--once', '--config', file]);
  expect(good.stdout).toContain('one-key asks nova-lite');
  expect(good.stdout).toContain('/test');

  await writeFile(
    file,
    "export default { name: 'other', stage: 'test', region: 'eu-west-1', models: ['lama'], plans: {}, teams: {} };",
  );
  const bad = await run(['--once', '--config', file]);
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain('lama');
});

/** A config in a file, which is gone after the test. */
async function writeConfig(source: string): Promise<string> {
  const directory = await mkdtemp(join(import.meta.dirname, 'cdk.out-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'config.ts');
  await writeFile(file, source);
  return file;
}

interface TeamConfig {
  /** As they are written. */
  readonly limits?: string;
  readonly keys?: readonly string[];
  readonly more?: string;
}

/** A config of one team on one plan. */
const writeTeam = ({ limits = '{}', keys = ['one-key'], more = '' }: TeamConfig) =>
  writeConfig(
    `export default {
      name: 'tight', stage: 'test', region: 'us-east-1', models: ['nova-lite'],
      plans: { only: {
        throttle: { rate: 10, burst: 20 }, quota: { limit: 300, period: 'DAY' }, models: ['nova-lite'], limits: ${limits},
      } },
      teams: { one: { plan: 'only', keys: ${JSON.stringify(keys)} } },
      ${more}
    };`,
  );

test.each([
  ['{ requests: { month: 0 } }', 'requests.month', 'quota_exceeded'],
  ['{ tokens: { day: 1000 } }', 'tokens.day', 'exceeds_limit'],
])(
  'a question that %s refuses is said so in a line, as a warning before it, and --once ends with 1',
  async (limits, field, code) => {
    const { stdout, stderr, ...ended } = await run(['--once', '--config', await writeTeam({ limits })]);
    expect(stdout).toContain('one-key asks nova-lite');
    expect(stderr).toMatch(new RegExp(`^warning: plan only: .+\nRaise plans.only.limits.${field}`, 'm'));
    expect(stderr).toMatch(new RegExp(`^The question was refused \\(${code}\\): .+$`, 'm'));
    expect(stderr).not.toContain('    at ');
    expect(ended.code).toBe(1);
  },
);

test('without --once it goes on serving after a question that was refused', async () => {
  const file = await writeTeam({ limits: '{ requests: { month: 0 } }' });
  const { started, lines } = await serve('--config', file);
  expect(lines.at(-1)).toBe('Serving until Ctrl-C.');
  started.kill('SIGINT');
  expect(await once(started, 'exit')).toEqual([0, null]);
});

test.each([
  [
    'a config that does not exist',
    ['--config', 'nothing.config.ts'],
    /there is no file .*nothing\.config\.ts/,
  ],
  [
    'a Bedrock that does not exist',
    ['--bedrock', 'azure'],
    /--bedrock must be aws or simulated, not "azure"/,
  ],
  ['a log that does not exist', ['--log', 'xml'], /--log must be text or json, not "xml"/],
  ['an option that does not exist', ['--onze'], /Unknown option '--onze'.*Usage: npm start/s],
])('%s is said so', async (_fault, args, message) => {
  const { code, stderr } = await run(args);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(1);
});

test('AWS_ENDPOINT_URL_DYNAMODB names another server for DynamoDB', async () => {
  const dynamodb = await startDynamoDb();
  onTestFinished(() => dynamodb.close());
  const { stdout } = await run(['--once'], { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url });
  expect(stdout).toContain(`Limits are counted on ${dynamodb.url}.`);
  // One write to hold, and one to settle.
  expect(dynamodb.requests).toMatchObject({ CreateTable: 1, UpdateItem: 2 });
});

test('a server for DynamoDB that is not there is said so', async () => {
  // Nothing listens there; a port that was free a moment ago may be in use by another test.
  const { code, stderr } = await run(['--once'], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
  expect(stderr).toMatch(/^The table bedrock-proxy-dev-\S+ cannot be made on http:\S+: .*ECONNREFUSED/m);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(1);
});

test('AWS_ENDPOINT_URL_BEDROCK_RUNTIME names another server for Bedrock', async () => {
  const bedrock = await startBedrock();
  onTestFinished(() => bedrock.close());
  await run(['--once'], { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url });
  expect(bedrock.received).toHaveLength(1);
});

/** Credentials as a machine may have them, and nothing that finds others. */
const machine = {
  AWS_ACCESS_KEY_ID: 'AKIAOFTHISMACHINE000',
  AWS_SECRET_ACCESS_KEY: 'a-secret-of-this-machine',
  AWS_SESSION_TOKEN: '',
};
const withoutCredentials = {
  ...{ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '', AWS_EC2_METADATA_DISABLED: 'true' },
  ...{ AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' },
};

test('--bedrock aws asks AWS with the credentials of this machine, and says that this costs money', async () => {
  const bedrock = await startBedrock();
  onTestFinished(() => bedrock.close());
  const { code, stdout, stderr } = await run(['--once', '--bedrock', 'aws'], {
    ...machine,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
  });
  expect(stdout).toContain(`in front of the Bedrock of AWS, at ${bedrock.url}.`);
  expect(stdout).toContain('CALLS COST MONEY');
  expect(stdout).toContain('You asked: What is a dystopia');
  expect(stdout + stderr).not.toContain(machine.AWS_SECRET_ACCESS_KEY);
  expect(bedrock.received).toHaveLength(1);
  expect(code).toBe(0);
});

test('the simulated Bedrock costs nothing, and nothing is said of money', async () => {
  const { stdout } = await run(['--once'], machine);
  expect(stdout).toContain('in front of a simulated Bedrock.');
  expect(stdout).not.toContain('MONEY');
});

test('--bedrock aws without credentials is said so, with the ways out', async () => {
  const { code, stdout, stderr } = await run(['--once', '--bedrock', 'aws'], withoutCredentials);
  expect(stderr).toMatch(/^There are no usable AWS credentials: .*aws sso login/m);
  expect(stderr).not.toContain('    at ');
  expect(stdout).not.toContain('Endpoint');
  expect(code).toBe(1);
});

test('--bedrock aws without access says what AWS says, and where to look', async () => {
  const refusing = createHttpServer((request, response) => {
    request.resume().once('end', () => {
      response
        .writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' })
        .end('{"message":"You do not have access to the model with the specified model ID."}');
    });
  });
  const url = await listenOnLoopback(refusing);
  onTestFinished(() => closeServer(refusing));
  const { code, stderr } = await run(['--once', '--bedrock', 'aws'], {
    ...machine,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
  });
  expect(stderr).toMatch(
    /^AWS did not allow a call of Bedrock \(AccessDeniedException\): You do not have access/m,
  );
  expect(stderr).toMatch(/^What this account may call: .*doctor$/m);
  expect(stderr).toMatch(/^The question was refused \(model_unavailable\)/m);
  expect(code).toBe(1);
});

/** Runs a command of `proxy` on a gateway that was started. */
async function proxy(lines: readonly string[], ...command: string[]): Promise<string> {
  const endpoint = lines.find((line) => line.startsWith('Endpoint: '))?.slice('Endpoint: '.length) ?? '';
  const local = ['--local', new URL(endpoint).origin];
  const cli = join(import.meta.dirname, '../packages/cli/src/index.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--conditions=@org/source', cli],
    ...[...command, ...local],
  ]);
  return stdout;
}

test('--data keeps what was used, keys that were made and keys that were revoked, however the process ends', async () => {
  const directory = await mkdtemp(join(import.meta.dirname, 'cdk.out-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const clientOf = (lines: readonly string[], apiKey: string) => {
    const baseUrl = lines.find((line) => line.startsWith('Endpoint: '))?.slice('Endpoint: '.length) ?? '';
    return createBedrockClient({ baseUrl, apiKey });
  };
  const usedBy = async (lines: readonly string[], apiKey: string) => {
    const { limits } = await clientOf(lines, apiKey).usage();
    return limits.find(({ limit, period }) => limit === 'requests' && period === 'month')?.used;
  };

  const first = await serve('--data', directory);
  expect(first.lines.join('\n')).toContain(`Usage and keys are kept in ${directory}.`);
  const made = JSON.parse(await proxy(first.lines, 'keys', 'create', 'late-key', '--team', 'toll', '--json'));
  await proxy(first.lines, 'keys', 'revoke', 'research-key', '--yes');
  await clientOf(first.lines, made.value).ask('nova-lite', 'What is a dystopia?');
  // The first question, and this one: both keys are of one team.
  expect(await usedBy(first.lines, made.value)).toBe(2);
  const second = await run(['--once', '--data', directory]);
  expect(second.stderr).toMatch(
    /^The tables in \S+ cannot be opened: another process has it open\. Stop that, or give another directory\.$/m,
  );
  first.started.kill('SIGKILL');
  await once(first.started, 'exit');

  const again = await serve('--data', directory);
  expect(await usedBy(again.lines, made.value)).toBe(3);
  expect(again.lines).toContainEqual(expect.stringMatching(/^research-key +\w{40} .*\(disabled\)$/));
  const listed: { name: string }[] = JSON.parse(await proxy(again.lines, 'keys', 'list', '--json'));
  expect(listed.map(({ name }) => name)).toContain('late-key');
  await proxy(again.lines, 'keys', 'revoke', 'late-key', '--yes');
  again.started.kill('SIGKILL');
  await once(again.started, 'exit');

  const last = await serve('--data', directory);
  await expect(usedBy(last.lines, made.value)).rejects.toMatchObject({ status: 401 });
  const modes = await Promise.all(
    (await readdir(directory))
      .filter((name) => name.endsWith('.json'))
      .map((name) => stat(join(directory, name))),
  );
  // Keys, and what is used of quotas.
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600]);
}, 60_000);

test('a prompt log is a folder of files, whose place is printed', async () => {
  const file = await writeTeam({ keys: ['one-key'], more: 'promptLog: { retentionDays: 1 }' });
  const { lines } = await serve('--config', file);
  const [, folder = ''] =
    /^Prompts and answers are files in (.+), until the exit\.$/m.exec(lines.join('\n')) ?? [];
  const kept = () => readdir(folder, { recursive: true }).catch(() => []);
  let names = await kept();
  while (!names.some((name) => name.endsWith('.json'))) names = await kept();
  expect(names).toContainEqual(expect.stringMatching(/\/calls\/team=one\/day=[\d-]+\/[\w-]+\.json$/));
});

test('a file of keys that is none is said so', async () => {
  const directory = await mkdtemp(join(import.meta.dirname, 'cdk.out-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'bedrock-proxy-dev.keys.json'), '{"keys":');
  const { code, stderr } = await run(['--once', '--data', directory]);
  expect(stderr).toMatch(/bedrock-proxy-dev\.keys\.json is not a file of API keys\./);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(1);
});
