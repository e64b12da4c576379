import {
  type ClientSettings,
  concurrently,
  type Deployment,
  deployedStack,
  type ModelAccess,
} from '@org/admin';
import type { ProxyConfig } from '@org/infra/config';

/** The facts that the deployer needs, and hands on. */
export interface ServiceInformation {
  readonly stack: string;
  readonly region: string;
  readonly endpoint: string;
  /** The DNS record that the config's domain needs. Undefined without one. */
  readonly dns: DnsRecord | undefined;
  readonly keys: readonly DeployedKey[];
  /** An alias that likely answers the first key. */
  readonly model: string | undefined;
}

export interface DnsRecord {
  readonly name: string;
  /** Where a CNAME record, or an alias of Route 53, points to. */
  readonly target: string;
}

export interface DeployedKey {
  readonly name: string;
  readonly id: string;
  /** Undefined if it must not be shown. */
  readonly value: string | undefined;
}

/** Reads a deployed stack's outputs. Key values are read only with `withValues`. */
export async function readServiceInformation(
  { name: stack, config, configKeyIds, apiKeys }: Deployment,
  settings: ClientSettings,
  models: readonly Pick<ModelAccess, 'alias' | 'access'>[],
  withValues: boolean,
): Promise<ServiceInformation> {
  const { outputs } = await deployedStack(stack, settings);
  const target = outputs.get('DomainTarget');
  const keys = await concurrently(
    [...configKeyIds],
    async ([name, id]): Promise<DeployedKey> => ({
      name,
      id,
      value: withValues ? (await apiKeys.read(id)).value : undefined,
    }),
  );
  return {
    stack,
    region: config.region,
    endpoint: (outputs.get('Endpoint') ?? '').replace(/\/$/, ''),
    dns: config.domain && target !== undefined ? { name: config.domain.name, target } : undefined,
    keys,
    model: answeringModel(config, keys[0]?.name, models),
  };
}

/** A model of the key's plan: if possible one that surely answers, else one that may, else the first. */
function answeringModel(
  { teams, plans }: ProxyConfig,
  keyName: string | undefined,
  models: readonly Pick<ModelAccess, 'alias' | 'access'>[],
): string | undefined {
  const team = Object.values(teams).find(({ keys }) => keys.some(({ name }) => name === keyName));
  const allowed = (team && plans[team.plan]?.models) ?? [];
  const withAccess = (access: ModelAccess['access']) =>
    allowed.find((alias) => models.some((model) => model.alias === alias && model.access === access));
  return withAccess('yes') ?? withAccess('maybe') ?? allowed[0];
}

/** As the deploy command of the original printed it. */
export function describeService({ stack, region, endpoint, dns, keys, model }: ServiceInformation): string {
  const [first] = keys;
  const lines = [
    `stack: ${stack}`,
    `region: ${region}`,
    `endpoint: ${endpoint}`,
    ...(dns ? [`dns record to make: ${dns.name} CNAME ${dns.target}`] : []),
    keys.length > 0 ? 'api keys:' : 'api keys: none in the config',
    ...keys.map(({ name, id, value }) => `  ${name}: ${value ?? `(id ${id}; --show-keys shows the value)`}`),
  ];
  if (first && model !== undefined) {
    const body = JSON.stringify({ model, question: 'What is a dystopia?' });
    const key = first.value === undefined ? '"x-api-key: $KEY"' : `'x-api-key: ${first.value}'`;
    lines.push(
      '',
      'ask it:',
      `curl -H ${key} -H 'content-type: application/json' -d '${body}' ${endpoint}/bedrock`,
    );
  }
  return lines.join('\n');
}
