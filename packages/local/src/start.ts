import { parseArgs } from 'node:util';
import { defaultLocalPort } from '@org/admin/local-gateway';
import { BedrockProxyError, createBedrockClient } from '@org/bedrock-client';
import { type Invocation, invocationOf } from '@org/cli/invocation';
import { ConfigError, loadProxyConfig, type ProxyConfig } from '@org/infra/config';
import { TableCreationError } from './dynamodb/create-tables.ts';
import { PortInUseError } from './gateway.ts';
import { type LocalSystem, startLocalSystem } from './system.ts';
import { TemplateError } from './template/template.ts';

const usage = `Usage: npm start -- [--once] [--config FILE]

Runs the whole proxy on this machine, with a simulated Bedrock and a DynamoDB in memory, and asks it one question.

  --once          exit after the answer
  --config FILE   run this config in place of packages/infra/proxy.config.ts

Environment:
  PORT                               port of the gateway (${defaultLocalPort})
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME   a server to use in place of the simulated Bedrock
  AWS_ENDPOINT_URL_DYNAMODB          a server to use in place of the DynamoDB in memory; missing tables are made there
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
  const system = await startLocalSystem({
    config,
    port: readPort(process.env['PORT']),
    bedrockUrl: process.env['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
    dynamodbUrl: process.env['AWS_ENDPOINT_URL_DYNAMODB'],
    // What CloudWatch would show, apart from what is printed here for people.
    onLog: ({ line }) => process.stderr.write(`${line}\n`),
  });
  try {
    show(system, config);
    const first = system.gateway.apiKeys.find(({ enabled }) => enabled);
    if (first) {
      const local = new URL(system.gateway.url).origin;
      const invocation = invocationOf(process.env, () => ({ ...values, local }));
      if (!values.once) showWhatToDo(system, config, first, invocation);
      const answered = await askWith(first, system, config);
      if (!answered && values.once) process.exitCode = 1;
    }
    if (!values.once) await untilStopped();
  } finally {
    await system.close();
  }
}

/** Prints the endpoint and the keys. */
function show(system: LocalSystem, config: ProxyConfig): void {
  const { url, apiKeys } = system.gateway;
  const answering = system.bedrock ? 'a simulated Bedrock' : process.env['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'];
  const counting = system.dynamodb ? 'in memory' : `on ${process.env['AWS_ENDPOINT_URL_DYNAMODB']}`;
  console.log(
    `\n${config.name} on this machine, in front of ${answering}. Limits are counted ${counting}.\n`,
  );
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
      `Give out keys and see who used what:\n${invocation.command('keys list')}\n`,
  );
  if (docsUrl) console.log(`Read what there is, and try it in the browser:\n${docsUrl}#key=${first.value}\n`);
  const { issuer } = system;
  const [team] = Object.keys(config.teams);
  if (issuer && team !== undefined) {
    console.log(
      `Signed-in callers need a token. Here, in place of the sign-in of the config, anybody gets one for any team:\n` +
        `curl -d team=${team} ${issuer.url}/token\n` +
        `and sends its access_token: -H 'authorization: Bearer ACCESS_TOKEN'\n`,
    );
  }
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

try {
  await main();
} catch (error) {
  if (error instanceof PortInUseError) {
    fail(
      `Port ${error.port} is in use by another program. Stop it, or choose another port: PORT=8788 npm start`,
    );
  }
  if (error instanceof ConfigError || error instanceof TemplateError || error instanceof TableCreationError)
    fail(error.message);
  throw error;
}
