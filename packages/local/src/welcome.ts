import { limitsText } from '@org/admin';
import type { Invocation } from '@org/cli/invocation';
import { hasNotices, type ProxyConfig, stackNameOf } from '@org/infra/config';
import { installation } from '@org/installation';
import { aliasOf, definitionOf } from '@org/models';
import { placeHeaders } from './http/request.ts';
import type { LocalSystem, Upstream } from './system.ts';

/** The question that is asked first. */
export const question = 'What is a dystopia';

export type ApiKey = LocalSystem['gateway']['apiKeys'][number];

export interface Surroundings {
  readonly config: ProxyConfig;
  readonly upstream: Upstream;
  /** URL of the DynamoDB that counts, where it is not the local one. */
  readonly dynamodbUrl: string | undefined;
  /** Where counters and keys are kept. */
  readonly directory: string | undefined;
}

/** What is served: the address, and each key with its team, plan, models and limits. */
export function description({ gateway, promptDirectory }: LocalSystem, surroundings: Surroundings): string {
  const { config, upstream, directory } = surroundings;
  const width = Math.max(...gateway.apiKeys.map(({ name }) => name.length)) + 2;
  const keys = gateway.apiKeys.flatMap(({ name, value, enabled }) => {
    const [team = '', { plan = '' } = {}] = teamOf(name, config);
    const { models = [], limits } = config.plans[plan] ?? {};
    const own = config.teams[team]?.keys.find((key) => key.name === name)?.limits;
    return [
      `${name.padEnd(width)}${value}  team ${team}, plan ${plan}${enabled ? '' : ' (disabled)'}`,
      `${' '.repeat(width)}${models.join(', ')}; ${limits ? limitsText(limits) : 'no limits'}${own ? `; its own: ${limitsText(own)}` : ''}`,
    ];
  });
  const costs =
    upstream.kind === 'aws'
      ? [
          "CALLS COST MONEY: AWS bills them to the account of this machine's credentials, the first question too.",
        ]
      : [];
  return [
    `${stackNameOf(config)} on this machine, in front of ${nameOf(upstream, config)}. ${keeping(surroundings)}`,
    ...costs,
    ...network(config),
    ...(promptDirectory === undefined
      ? []
      : [
          `Prompts and answers are files in ${promptDirectory}${directory === undefined ? ', until the exit' : ''}.`,
        ]),
    ...(hasNotices(config)
      ? [
          'Notices about limits go to webhooks on this machine; mails, and webhooks elsewhere, are lines here.',
        ]
      : []),
    '',
    `Endpoint: ${gateway.url}`,
    ...keys,
  ].join('\n');
}

/** What the lines about the network mean on AWS and here, and how to call as somebody else. */
function network({ privateApi, allowFrom, domain, stage }: ProxyConfig): string[] {
  const callers = [
    ...(privateApi ? [`through ${privateApi.vpcEndpointIds.join(', ')}`] : []),
    ...(allowFrom ? [`from ${allowFrom.join(', ')}`] : []),
  ];
  const [vpcEndpoint] = privateApi?.vpcEndpointIds ?? [];
  const elsewhere = [
    ...(vpcEndpoint === undefined ? [] : [`-H '${placeHeaders.vpcEndpoint}: ${vpcEndpoint}'`]),
    `-H '${placeHeaders.sourceIp}: 192.0.2.1'`,
  ].join(' ');
  return [
    ...(callers.length > 0
      ? [
          `On AWS only calls ${callers.join(', ')} get in. Here this machine does; to call from elsewhere: ${elsewhere}`,
        ]
      : []),
    ...(domain
      ? [
          `On AWS the address is https://${domain.name}/${domain.basePath ?? ''}. Here /${stage} stands for it, and so does ` +
            `the path there with -H 'host: ${domain.name}'.`,
        ]
      : []),
  ];
}

/** What to do with it for as long as it serves: lines to paste, and where to read on. */
export function nextSteps(
  { gateway, issuer }: LocalSystem,
  { config }: Surroundings,
  first: ApiKey | undefined,
  invocationOn: (local: string) => Invocation,
): string {
  const { url, docsUrl, consoleUrl } = gateway;
  const [team] = Object.keys(config.teams);
  const asking = (model: string | undefined) =>
    `-H 'content-type: application/json' -d '${JSON.stringify({ question, model })}' ${url}/bedrock`;
  return [
    ...(first ? withKey(first, url, config, asking) : []),
    invocationOn(new URL(url).origin).command('usage'),
    ...(issuer && team !== undefined
      ? [
          '',
          `With a sign-in token, from a local issuer in place of the config's${issuer.takenPort === undefined ? '' : ` (port ${issuer.takenPort} is in use)`}:`,
          `curl -H "authorization: Bearer $(curl -s -d team=${team} ${issuer.url}/jwt)" ${asking(firstModelOf(team, config))}`,
        ]
      : []),
    '',
    ...(docsUrl
      ? [`Every route, to try in the browser: ${docsUrl}${first === undefined ? '' : `#key=${first.value}`}`]
      : []),
    ...(consoleUrl ? [`The operator's console (the link works once): ${consoleUrl}`] : []),
    `SDKs and agents: ${installation.documents}/clients.md`,
    `Keys and teams: ${installation.documents}/keys.md`,
    `Limits: ${installation.documents}/limits.md`,
  ].join('\n');
}

/** A curl line, and a line that exports what the client and the SDKs read. */
function withKey(
  { name, value }: ApiKey,
  url: string,
  config: ProxyConfig,
  asking: (model: string | undefined) => string,
): string[] {
  const openAi = config.bearer === false ? '' : ` OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${value}`;
  return [
    `curl -H 'x-api-key: ${value}' ${asking(firstModel(name, config))}`,
    `export BEDROCK_PROXY_URL=${url} BEDROCK_PROXY_API_KEY=${value}${openAi} ANTHROPIC_BASE_URL=${url} ANTHROPIC_API_KEY=${value}`,
  ];
}

/** The first model of a key's plan that answers questions. */
export function firstModel(keyName: string, config: ProxyConfig): string | undefined {
  const [team] = teamOf(keyName, config);
  return team === undefined ? undefined : firstModelOf(team, config);
}

/** The same for a team. */
function firstModelOf(team: string, config: ProxyConfig): string | undefined {
  const offered = new Map(config.models.map((model) => [aliasOf(model), definitionOf(model)]));
  const models = config.plans[config.teams[team]?.plan ?? '']?.models;
  return models?.find((alias) => offered.get(alias)?.upstream !== 'embed');
}

function teamOf(keyName: string, { teams }: ProxyConfig) {
  return Object.entries(teams).find(([, { keys }]) => keys.some(({ name }) => name === keyName)) ?? [];
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

function keeping({ dynamodbUrl, directory }: Surroundings): string {
  if (dynamodbUrl !== undefined) return `Limits are counted on ${dynamodbUrl}.`;
  if (directory !== undefined) return `Usage and keys are kept in ${directory}.`;
  return 'Usage, and keys that you make, are lost on exit; --data DIR keeps them.';
}
