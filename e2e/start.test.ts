import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { startBedrock } from '@org/local/bedrock';
import { startDynamoDb } from '@org/local/dynamodb';
import { expect, onTestFinished, test } from 'vitest';

const script = join(import.meta.dirname, '../packages/local/src/start.ts');

const run = (args: string[], environment: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, ['--conditions=@org/source', script, ...args], {
    env: { ...process.env, PORT: '0', ...environment },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );

/** Starts it without --once, and waits until it says that it serves; it is stopped after the test. */
async function serve(...args: string[]) {
  const started = spawn(process.execPath, ['--conditions=@org/source', script, ...args], {
    env: { ...process.env, PORT: '0' },
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
  expect(stdout).toMatch(/^tollmkey: \w{40}$/m);
  expect(stdout).toMatch(/^research-key: \w{40}$/m);
  expect(stdout).not.toMatch(/curl|export|\/docs|Give out/);
  expect(stdout).toContain('You asked: What is a dystopia');
  expect(code).toBe(0);
});

test('without it, the API reference is named, and the printed lines for curl and the client work until the process is stopped', async () => {
  const { started, lines } = await serve();
  const curl = lines.find((line) => line.startsWith('curl ')) ?? '';
  const exported = lines.find((line) => line.startsWith('export ')) ?? '';
  expect(lines).toContainEqual(expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/docs#key=\w{40}$/));

  const ask =
    "import { createBedrockClient } from '@org/bedrock-client'; console.log((await createBedrockClient().models()).models.length);";
  const asked = await promisify(execFile)(
    'sh',
    ['-c', `${exported}\n'${process.execPath}' --input-type=module --eval "${ask}"`],
    { cwd: import.meta.dirname, env: { PATH: process.env['PATH'] } },
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

test('a port in use is said so, with the way out', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const { code, stderr } = await run(['--once'], { PORT: port });
  expect(stderr.trim()).toBe(
    `Port ${port} is in use by another program. Stop it, or choose another port: PORT=8788 npm start`,
  );
  expect(code).toBe(1);
});

test('another config can be run, and its faults are named', async () => {
  const directory = await mkdtemp(join(import.meta.dirname, 'cdk.out-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'config.ts');
  await writeFile(
    file,
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

/** A config of one plan with limits of its own, in a file; the file is gone after the test. */
async function writeConfig(limits: string): Promise<string> {
  const directory = await mkdtemp(join(import.meta.dirname, 'cdk.out-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'config.ts');
  await writeFile(
    file,
    `export default {
      name: 'tight', stage: 'test', region: 'us-east-1', models: ['nova-lite'],
      plans: { only: {
        throttle: { rate: 10, burst: 20 }, quota: { limit: 300, period: 'DAY' }, models: ['nova-lite'], limits: ${limits},
      } },
      teams: { one: { plan: 'only', keys: ['one-key'] } },
    };`,
  );
  return file;
}

test.each([
  ['{ requests: { month: 0 } }', 'quota_exceeded'],
  ['{ tokens: { day: 1000 } }', 'exceeds_limit'],
])('a question that %s refuses is said so in a line, and --once ends with 1', async (limits, code) => {
  const { stdout, stderr, ...ended } = await run(['--once', '--config', await writeConfig(limits)]);
  expect(stdout).toContain('one-key asks nova-lite');
  expect(stderr).toMatch(new RegExp(`^The question was refused \\(${code}\\): .+$`, 'm'));
  expect(stderr).not.toContain('    at ');
  expect(ended.code).toBe(1);
});

test('without --once it goes on serving after a question that was refused', async () => {
  const file = await writeConfig('{ requests: { month: 0 } }');
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
  const { url, close } = await startDynamoDb();
  await close();
  const { code, stderr } = await run(['--once'], { AWS_ENDPOINT_URL_DYNAMODB: url });
  expect(stderr).toMatch(/^The table bedrock-proxy-dev-\S+ cannot be made on http:\S+: .*ECONNREFUSED/);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(1);
});

test('AWS_ENDPOINT_URL_BEDROCK_RUNTIME names another server for Bedrock', async () => {
  const bedrock = await startBedrock();
  onTestFinished(() => bedrock.close());
  await run(['--once'], { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url });
  expect(bedrock.received).toHaveLength(1);
});
