import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { referenced, resourcesOf, type SynthesizedTemplate } from './template.ts';

const oneOrMany = z.pipe(
  z.union([z.string(), z.array(z.string())]),
  z.transform((value) => [value].flat()),
);

const Api = z.object({
  EndpointConfiguration: z.object({
    Types: z.array(z.string()),
    VpcEndpointIds: z._default(z.array(z.string()), []),
  }),
  Policy: z.optional(
    z.object({
      Statement: z.array(
        z.object({
          Effect: z.string(),
          Condition: z._default(z.record(z.string(), z.record(z.string(), oneOrMany)), {}),
        }),
      ),
    }),
  ),
  DisableExecuteApiEndpoint: z.optional(z.boolean()),
  SecurityPolicy: z.optional(z.string()),
});

function apisOf(template: SynthesizedTemplate) {
  return resourcesOf(template, 'AWS::ApiGateway::RestApi').map(({ id, properties }) => {
    const { data } = z.safeParse(Api, properties);
    const denied = (data?.Policy?.Statement ?? []).filter(({ Effect }) => Effect === 'Deny');
    /** The values of a condition of a denial: those that it does not deny. */
    const spared = (operator: string, ...keys: string[]) =>
      denied.flatMap(({ Condition }) => keys.flatMap((key) => Condition[operator]?.[key] ?? []));
    return { id, ...data, spared };
  });
}

const privateIsForItsEndpoints: TemplateRule = {
  name: 'private-is-for-its-endpoints',
  description:
    'A private API is called through the VPC endpoints that it names, and its policy denies others.',
  *check(template) {
    for (const { id, EndpointConfiguration: endpoint, spared } of apisOf(template)) {
      if (!endpoint?.Types.includes('PRIVATE')) continue;
      const named = endpoint.VpcEndpointIds.toSorted();
      const callers = spared('StringNotEquals', 'aws:SourceVpce').toSorted();
      if (named.length > 0 && named.join() === callers.join()) continue;
      const message = `lets ${callers.join(', ') || 'every VPC'} call, and the API names ${named.join(', ') || 'no VPC endpoint'}`;
      yield { resource: id, property: 'Policy', message };
    }
  },
};

const policyDenies: TemplateRule = {
  name: 'policy-denies',
  description:
    'A policy of the API denies all but some callers: one that only allows some runs the authorizer for all.',
  *check(template) {
    for (const { id, Policy: policy, spared } of apisOf(template)) {
      if (!policy) continue;
      const ranges = spared('NotIpAddress', 'aws:SourceIp', 'aws:VpcSourceIp');
      const callers = [...spared('StringNotEquals', 'aws:SourceVpce'), ...ranges];
      const open = ranges.find((range) => range.endsWith('/0'));
      if (callers.length > 0 && open === undefined) continue;
      yield { resource: id, property: 'Policy', message: `lets everyone call${open ? ` (${open})` : ''}` };
    }
  },
};

const domainLeadsToTheApi: TemplateRule = {
  name: 'domain-leads-to-the-api',
  description:
    'A domain is mapped to the stage and takes the same TLS; an API without its own address has one.',
  *check(template) {
    const mapped = resourcesOf(template, 'AWS::ApiGateway::BasePathMapping').map(({ properties }) =>
      referenced(properties['DomainName']),
    );
    const domains = resourcesOf(template, 'AWS::ApiGateway::DomainName');
    for (const { id, DisableExecuteApiEndpoint: disabled, SecurityPolicy: tls } of apisOf(template)) {
      for (const domain of domains) {
        if (domain.properties['SecurityPolicy'] === tls) continue;
        const message = `is ${String(domain.properties['SecurityPolicy'])}, and that of the API is ${tls}`;
        yield { resource: domain.id, property: 'SecurityPolicy', message };
      }
      if (disabled && domains.length === 0) {
        const message = 'leaves the API without an address; give it a domain';
        yield { resource: id, property: 'DisableExecuteApiEndpoint', message };
      }
    }
    for (const { id } of domains) {
      if (!mapped.includes(id)) yield { resource: id, property: 'DomainName', message: 'leads to no stage' };
    }
  },
};

export const networkRules: readonly TemplateRule[] = [
  privateIsForItsEndpoints,
  policyDenies,
  domainLeadsToTheApi,
];
