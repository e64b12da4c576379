import { parseArgs } from 'node:util';
import { defaultLocalPort } from '@org/admin/local-gateway';
import { BedrockProxyError, createBedrockClient } from '@org/bedrock-client';
import { type Invocation, invocationOf } from '@org/cli/invocation';
import { ConfigError, loadProxyConfig, type ProxyConfig } from '@org/infra/config';
import { CredentialsMissingError } from './bedrock-relay.ts';
import { TableCreationError } from './dynamodb/create-tables.ts';
import { DirectoryError } from './dynamodb/server.ts';
import { PortInUseError } from './gateway.ts';
import { KeyFileError } from './key-file.ts';
import { type LocalSystem, startLocalSystem, type Upstream } from './system.ts';
import { TemplateError } from './template/template.ts';

const usage = `Usage: npm start -- [--once] [--config FILE] [--bedrock aws] [--data DIR]

Runs the whole proxy on this machine, with a simulated Bedrock and a DynamoDB in memory, and asks it one question.

  --once          exit after the answer
  --config FILE   run this config in place of packages/infra/proxy.config.ts
  --bedrock aws   answer with the Bedrock of AWS, in the Region of the config, with the AWS credentials of this machine:
                  calls cost money. Default: simulated
  --data DIR      keep counters and keys in this directory, so that they are there after a restart. Default: in memory

Environment:
  PORT                               port of the gateway (${defaultLocalPort})
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME   a server to use in place of the simulated Bedrock, or of AWS's own endpoint
  AWS_ENDPOINT_URL_DYNAMODB          a server to use in place of the local DynamoDB; missing tables are made there
`;

const question = 'What is a dystopia';

type ApiKey = LocalSystem['gateway']['apiKeys'][number];

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help) {
    console.log(usage);
    return;
  }
  const config = await loadProxyConfig(values.config);
  const invocation = invocationOf(process.env, () => values);
  const upstream = upstreamOf(values.bedrock, invocation);
  const system = await startLocalSystem({
    config,
    port: readPort(process.env['PORT']),
    upstream,
    dynamodbUrl: process.env['AWS_ENDPOINT_URL_DYNAMODB'],
    directory: values.data,
    // What CloudWatch would show, apart from what is printed here for people.
    onLog: ({ line }) => process.stderr.write(`${line}\n`),
  });
  try {
    show(system, config, { upstream, directory: values.data });
    const first = system.gateway.apiKeys.find(({ enabled }) => enabled);
    if (!values.once) {
      const local = new URL(system.gateway.url).origin;
      const here = invocationOf(process.env, () => ({ ...values, local }));
      if (first) showWhatToDo(system, config, first, here);
      showSignIn(system, config);
    }
    if (first) {
      const answered = await askWith(first, system, config);
      if (!answered && values.once) process.exitCode = 1;
    }
    if (!values.once) await untilStopped();
  } finally {
    await system.close();
  }
}

/** What `--bedrock` and the environment say. */
function upstreamOf(bedrock: string | undefined, invocation: Invocation): Upstream {
  const url = process.env['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'];
  switch (bedrock) {
    case 'aws':
      return {
        kind: 'aws',
        endpoint: url,
        onDenied: ({ type, message }) =>
          console.error(
            `AWS did not allow a call of Bedrock (${type}): ${message}\n` +
              `What this account may call: ${invocation.command('doctor')}`,
          ),
      };
    case undefined:
    case 'simulated':
      return url === undefined ? { kind: 'simulated' } : { kind: 'server', url };
    default:
      return fail(`--bedrock must be aws or simulated, not "${bedrock}".\n\n${usage}`);
  }
}

/** What answers, for a sentence. */
function nameOf(upstream: Upstream, { region }: ProxyConfig): string {
  switch (upstream.kind) {
    case 'simulated':
      return 'a simulated Bedrock';
    case 'server':
      return upstream.url;
    case 'aws':
      return `the Bedrock of AWS${upstream.endpoint === undefined ? ` in ${region}` : `, at ${upstream.endpoint}`}`;
  }
}

interface Surroundings {
  readonly upstream: Upstream;
  /** Where counters and keys are kept. */
  readonly directory: string | undefined;
}

/** Prints the endpoint and the keys. */
function show(system: LocalSystem, config: ProxyConfig, { upstream, directory }: Surroundings): void {
  const { url, apiKeys } = system.gateway;
  const counting = system.dynamodb
    ? `in ${directory ?? 'memory'}`
    : `on ${process.env['AWS_ENDPOINT_URL_DYNAMODB']}`;
  console.log(
    `\n${config.name} on this machine, in front of ${nameOf(upstream, config)}. Limits are counted ${counting}.\n`,
  );
  if (upstream.kind === 'aws') {
    console.log(
      "CALLS COST MONEY: AWS bills them to the account of this machine's credentials, the first question too.\n",
    );
  }
  console.log(`Endpoint: ${url}\n`);
  for (const { name, value, enabled } of apiKeys)
    console.log(`${name}: ${value}${enabled ? '' : ' (disabled)'}`);
  console.log('');
}

/** Prints what can be done with it for as long as it serves. */
function showWhatToDo(system: LocalSystem, config: ProxyConfig, first: ApiKey, invocation: Invocation): void {
  const { url, docsUrl } = system.gateway;
  const body = JSON.stringify({ question, model: modelOf(first.name, config) });
  console.log(
    `Ask it:\ncurl -H 'x-api-key: ${first.value}' -H 'content-type: application/json' -d '${body}' ${url}/bedrock\n` +
      'Add /stream to the URL, and -N, to get it piece by piece.\n\n' +
      `Ask it with the client, in a shell where its address is set:\n` +
      `export BEDROCK_PROXY_URL=${url} BEDROCK_PROXY_API_KEY=${first.value}\n\n` +
      `Ask it with OpenAI's or Anthropic's SDK, or what is built on them (docs/clients.md), in such a shell:\n` +
      (config.bearer === false ? '' : `export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${first.value}\n`) +
      `export ANTHROPIC_BASE_URL=${url} ANTHROPIC_API_KEY=${first.value}\n\n` +
      `Give out keys and see who used what:\n${invocation.command('keys list')}\n`,
  );
  if (docsUrl) console.log(`Read what there is, and try it in the browser:\n${docsUrl}#key=${first.value}\n`);
}

/** Prints how to get a token, where people may sign in. */
function showSignIn({ issuer }: LocalSystem, config: ProxyConfig): void {
  const [team] = Object.keys(config.teams);
  if (!issuer || team === undefined) return;
  console.log(
    `Signed-in callers need a token. Here, in place of the sign-in of the config, anybody gets one for any team:\n` +
      `curl -d team=${team} ${issuer.url}/token\n` +
      `and sends its access_token: -H 'authorization: Bearer ACCESS_TOKEN'\n`,
  );
}

/**
 * Asks the first question.
 *
 * @returns Whether it was answered. A config may well refuse it, by a limit of 0 for one.
 */
async function askWith(first: ApiKey, { gateway }: LocalSystem, config: ProxyConfig): Promise<boolean> {
  const client = createBedrockClient({ baseUrl: gateway.url, apiKey: first.value });
  const model = modelOf(first.name, config);
  console.log(`${first.name} asks ${model}: ${question}`);
  try {
    const { text, usage, stopReason } = await client.ask(model, question);
    console.log(`\n${text}\n`);
    console.log(`(${usage.inputTokens} tokens in, ${usage.outputTokens} out, ${stopReason})\n`);
    return true;
  } catch (error) {
    if (!(error instanceof BedrockProxyError)) throw error;
    console.error(`The question was refused (${error.code}): ${error.message}`);
    return false;
  }
}

/** The first model of the key's plan. */
function modelOf(keyName: string, { teams, plans }: ProxyConfig): string {
  const team = Object.values(teams).find(({ keys }) => keys.some(({ name }) => name === keyName));
  const [alias] = (team && plans[team.plan]?.models) ?? [];
  if (alias === undefined) throw new Error(`No plan of the config has the key ${keyName}.`);
  return alias;
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean' },
        config: { type: 'string' },
        bedrock: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    fail(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

function readPort(text = String(defaultLocalPort)): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    fail(`PORT must be a port number, not "${text}".`);
  return port;
}

function untilStopped(): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  console.log('Serving until Ctrl-C.');
  return stopped;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** Errors whose message says what to do. */
const said = [
  ...[ConfigError, TemplateError, TableCreationError],
  ...[DirectoryError, KeyFileError, CredentialsMissingError],
];

try {
  await main();
} catch (error) {
  if (error instanceof PortInUseError) {
    fail(
      `Port ${error.port} is in use by another program. Stop it, or choose another port: PORT=8788 npm start`,
    );
  }
  if (error instanceof Error && said.some((kind) => error instanceof kind)) fail(error.message);
  throw error;
}
