import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../proxy.config.ts';
import type { AccountConfig } from '../config/account.ts';
import { type ProxyConfig, parseProxyConfig } from '../config/config.ts';
import type { NetworkConfig } from '../config/network.ts';
import type { OperationsConfig } from '../config/operations.ts';
import { synthesize } from '../stack/synthesize.ts';

export const Properties = z.record(z.string(), z.unknown());

export const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties,
      DependsOn: z.optional(z.array(z.string())),
      Metadata: z.optional(z.record(z.string(), z.unknown())),
      DeletionPolicy: z.optional(z.string()),
      UpdateReplacePolicy: z.optional(z.string()),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })),
});
export type Template = z.infer<typeof Template>;

/** For cloud assemblies; removed after all tests. */
export const directory = mkdtempSync(join(inject('temporaryFolder'), 'synthesize-'));

/** Built functions, whose code does not matter. */
export const lambdaDirectory = join(directory, 'lambda');

mkdirSync(lambdaDirectory);
writeFileSync(
  join(lambdaDirectory, 'index.mjs'),
  'export const handler = async () => ({ statusCode: 200 });',
);
for (const authorizer of ['authorizer', 'key-authorizer']) {
  mkdirSync(join(lambdaDirectory, authorizer));
  writeFileSync(
    join(lambdaDirectory, authorizer, 'index.mjs'),
    `export const handler = async () => ({}); // ${authorizer}`,
  );
}

/** The shipped config with every option on. */
export const everythingOn = parseProxyConfig({
  ...shipped,
  accessLog: true,
  ...({
    alarms: { email: 'operators@example.com' },
    dashboard: true,
    warnAt: [50, 80, 95],
    concurrency: 20,
    memoryMb: 256,
    stageThrottle: { rate: 500, burst: 1000 },
    removalPolicy: 'destroy',
    tags: { CostCentre: '4711' },
    waf: true,
    cors: { origins: ['https://app.example.com'] },
  } satisfies Required<OperationsConfig>),
});

/** The same, with every rule of a company for its account. */
export const companyOn = parseProxyConfig({
  ...everythingOn,
  ...({
    roles: { path: '/llm/', permissionsBoundary: 'boundaries/Developers' },
    kmsKey: 'create',
    costByPlan: true,
    promptLog: { retentionDays: 30 },
    traces: true,
  } satisfies Required<AccountConfig>),
});
/** Receivers of notices: for all teams, and for one. */
const withNotices = {
  notify: { email: 'ann@example.com' },
  teams: {
    ...shipped.teams,
    research: {
      plan: 'research',
      notify: { email: 'bob@example.com', webhook: 'https://hooks.example.com/limits' },
    },
  },
};
export const noticesOn = parseProxyConfig({ ...everythingOn, ...withNotices });
export const companyWithNotices = parseProxyConfig({ ...companyOn, ...withNotices });

/** Lines about the network: a domain alone, for some addresses. */
export const withDomain = {
  domain: {
    name: 'llm.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
    basePath: 'llm',
    disableDefaultEndpoint: true,
  },
  allowFrom: ['203.0.113.0/24', '2001:db8::/32'],
  tlsPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
} satisfies NetworkConfig;

/** A private API, for some addresses of its VPC. */
export const withPrivateApi = {
  privateApi: { vpcEndpointIds: ['vpce-0123456789abcdef0'] },
  allowFrom: ['10.0.0.0/8'],
  tlsPolicy: 'TLS_1_2',
} satisfies NetworkConfig;

let synthesized = 0;

export function templateOf(config: ProxyConfig): Template {
  synthesized += 1;
  const outdir = join(directory, String(synthesized));
  const { templateFile } = synthesize(config, { outdir, lambdaDirectory });
  return z.parse(Template, JSON.parse(readFileSync(templateFile, 'utf8')));
}

/** Properties of every resource of a type, by logical id. */
export function resources({ Resources }: Template, type: string): Map<string, z.infer<typeof Properties>> {
  const ofType = Object.entries(Resources).filter(([, resource]) => resource.Type === type);
  return new Map(ofType.map(([id, resource]) => [id, resource.Properties]));
}

export function only(template: Template, type: string): z.infer<typeof Properties> {
  const [properties, ...others] = resources(template, type).values();
  if (!properties || others.length > 0) throw new Error(`expected exactly one ${type}`);
  return properties;
}

const Attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const Join = z.object({
  'Fn::Join': z.tuple([
    z.literal(''),
    z.array(z.union([z.string(), z.object({ Ref: z.string() }), Attribute])),
  ]),
});

/** What CloudFormation makes of a Fn::Join of strings, Refs and attributes. */
export function joined(value: unknown, resolve: (logicalId: string) => string): string {
  const [, parts] = z.parse(Join, value)['Fn::Join'];
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return resolve('Ref' in part ? part.Ref : part['Fn::GetAtt'][0]);
    })
    .join('');
}

/** The function behind the routes, with its logical id. The authorizer is another one. */
export function proxyFunction(template: Template): {
  readonly id: string;
  readonly properties: z.infer<typeof Properties>;
} {
  const [found, ...others] = [...resources(template, 'AWS::Lambda::Function')].filter(
    ([id]) => !id.startsWith('Authorizer'),
  );
  if (!found || others.length > 0) throw new Error('expected exactly one function behind the routes');
  return { id: found[0], properties: found[1] };
}

const Policy = z.object({
  Roles: z.tuple([z.object({ Ref: z.string() })]),
  PolicyDocument: z.object({ Statement: z.array(Properties) }),
});

/** Statements of the one policy that the role of the function behind the routes has. */
export function policyOf(template: Template): z.infer<typeof Properties>[] {
  const { Role } = proxyFunction(template).properties;
  const [roleId] = z.parse(z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }), Role)[
    'Fn::GetAtt'
  ];
  const [policy, ...others] = [...resources(template, 'AWS::IAM::Policy').values()]
    .map((properties) => z.parse(Policy, properties))
    .filter(({ Roles: [{ Ref }] }) => Ref === roleId);
  if (!policy || others.length > 0) throw new Error('expected exactly one policy of the function');
  return policy.PolicyDocument.Statement;
}
