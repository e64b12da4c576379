import { parseArgs } from 'node:util';
import { configWarnings } from '@org/admin';
import { defaultLocalPort } from '@org/admin/local-gateway';
import { findingText } from '@org/cli/findings';
import { type Invocation, invocationOf } from '@org/cli/invocation';
import { AnswerSchema, ErrorEnvelopeSchema } from '@org/contract';
import { ConfigError, loadProxyConfig, type ProxyConfig } from '@org/infra/config';
import { CredentialsMissingError } from './bedrock-relay.ts';
import { TableCreationError } from './dynamodb/create-tables.ts';
import { DirectoryError } from './dynamodb/server.ts';
import { PortInUseError } from './gateway.ts';
import { KeptFileError } from './kept-file.ts';
import { requestLines } from './request-lines.ts';
import { type LocalSystem, type LocalSystemOptions, startLocalSystem, type Upstream } from './system.ts';
import { TemplateError } from './template/template.ts';
import { type ApiKey, description, firstModel, nextSteps, question } from './welcome.ts';

const usage = `Usage: npm start -- [--once] [--config FILE] [--bedrock aws] [--data DIR] [--log json]

Runs the whole proxy on this machine, with a simulated Bedrock and a DynamoDB in memory, and asks it one question.

  --once          exit after the answer
  --config FILE   run this config; default: proxy.config.ts here or in a folder above, else the one of the clone
  --bedrock aws   answer with the Bedrock of AWS, in the Region of the config, with the AWS credentials of this machine:
                  calls cost money. Default: simulated
  --data DIR      keep counters and keys in this directory, so that they are there after a restart. Default: in memory
  --log json      print what the functions log, and not a line for each request

Environment:
  PORT                               port of the gateway (${defaultLocalPort})
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME   a server to use in place of the simulated Bedrock, or of AWS's own endpoint
  AWS_ENDPOINT_URL_DYNAMODB          a server to use in place of the local DynamoDB; missing tables are made there
`;

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help) {
    console.log(usage);
    return;
  }
  const port = readPort(process.env['PORT']);
  const log = readLog(values.log);
  const config = await loadProxyConfig(values.config);
  const upstream = upstreamOf(
    values.bedrock,
    invocationOf(() => values),
  );
  const dynamodbUrl = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const surroundings = { config, upstream, dynamodbUrl, directory: values.data };
  const onProgress = (step: string) => console.error(step);
  const system = await startLocalSystem({ ...surroundings, port, onProgress, ...log });
  try {
    console.log(`\n${description(system, surroundings)}\n`);
    printWarnings(
      config,
      invocationOf(() => values),
    );
    const first = system.gateway.apiKeys.find(({ enabled }) => enabled);
    if (!values.once) {
      const on = (local: string) => invocationOf(() => ({ ...values, local }));
      console.log(`${nextSteps(system, surroundings, first, on)}\n`);
    }
    const answered = first === undefined || (await askWith(first, system, config));
    if (!answered && values.once) process.exitCode = 1;
    if (!values.once) await untilStopped();
  } finally {
    await system.close();
  }
}

/** What `config check` warns of, too. */
function printWarnings(config: ProxyConfig, invocation: Invocation): void {
  for (const warning of configWarnings(config, Date.now())) {
    const { subject, what, whatToDo } = findingText(warning, invocation);
    console.error(
      [`warning: ${subject}: ${what}`, whatToDo, ''].filter((line) => line !== undefined).join('\n'),
    );
  }
}

/** Where what happens is printed. Standard output is for what is served, and for the first answer. */
function readLog(format: string | undefined): Pick<LocalSystemOptions, 'onLog' | 'onGatewayAnswer'> {
  const print = (line: string) => console.error(line);
  switch (format) {
    case undefined:
    case 'text':
      return requestLines(print, Date.now);
    case 'json':
      return { onLog: ({ line }) => print(line) };
    default:
      return fail(`--log must be text or json, not "${format}".\n\n${usage}`);
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

/**
 * Asks the first question.
 *
 * @returns Whether it was answered. A config may well refuse it, by a limit of 0 for one.
 */
async function askWith(first: ApiKey, { gateway }: LocalSystem, config: ProxyConfig): Promise<boolean> {
  const model = firstModel(first.name, config);
  if (model === undefined) return true;
  console.log(`${first.name} asks ${model}: ${question}`);
  const response = await fetch(`${gateway.url}/bedrock`, {
    method: 'POST',
    headers: { 'x-api-key': first.value, 'content-type': 'application/json' },
    body: JSON.stringify({ model, question }),
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    const { code, message } = ErrorEnvelopeSchema.parse(body).error;
    console.error(`The question was refused (${code}): ${message}`);
    return false;
  }
  console.log(`${AnswerSchema.parse(body).text}\n`);
  return true;
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean' },
        config: { type: 'string' },
        bedrock: { type: 'string' },
        data: { type: 'string' },
        log: { type: 'string' },
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
  ...[ConfigError, TableCreationError],
  ...[DirectoryError, KeptFileError, CredentialsMissingError],
];

try {
  await main();
} catch (error) {
  if (error instanceof PortInUseError) {
    fail(
      `Port ${error.port} is in use, perhaps by another gateway. Stop that program, or set the variable PORT to another port.`,
    );
  }
  if (error instanceof TemplateError) {
    fail(
      `The local gateway cannot run the template: ${error.message}. packages/local/README.md says what it can run.`,
    );
  }
  if (error instanceof Error && said.some((kind) => error instanceof kind)) fail(error.message);
  throw error;
}
