import { BlockList, isIP } from 'node:net';
import * as z from 'zod/mini';
import { TemplateError } from './template.ts';

/** The place that a request comes from, as a policy sees it. */
export interface Caller {
  readonly sourceIp: string;
  /** Id of the VPC endpoint that it came through. Undefined from the internet. */
  readonly vpcEndpoint: string | undefined;
}

/** What a policy says to a caller: a denial wins. */
export type ResourcePolicy = (caller: Caller) => 'allowed' | 'denied' | 'not mentioned';

const oneOrMany = z.pipe(
  z.union([z.string(), z.array(z.string())]),
  z.transform((value) => [value].flat()),
);
const everyone = z.union([z.literal('*'), z.object({ AWS: z.literal('*') })]);
const Conditions = z.record(z.string(), z.record(z.string(), oneOrMany));
const Document = z.object({
  Version: z.optional(z.string()),
  Statement: z.array(
    z.strictObject({
      Effect: z.enum(['Allow', 'Deny']),
      Principal: everyone,
      Action: z.literal('execute-api:Invoke'),
      Resource: z.literal('execute-api:/*'),
      Condition: z._default(Conditions, {}),
    }),
  ),
});

/** A condition's answer; without a value for its key, IAM takes a negated one for met. */
type Condition = (caller: Caller) => boolean;

/**
 * Interprets the policy of an API: statements about every caller and every method, with conditions on addresses and VPC
 * endpoints.
 *
 * @throws TemplateError for anything else.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
 */
export function readResourcePolicy(restApi: string, policy: unknown): ResourcePolicy {
  const { data, error } = z.safeParse(Document, policy);
  if (error) throw new TemplateError(`${restApi}: Policy is not supported: ${z.prettifyError(error)}`);
  const statements = data.Statement.map(({ Effect: effect, Condition: conditions }) => ({
    effect,
    conditions: Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => condition(`${restApi}: Policy`, operator, key, values)),
    ),
  }));
  return (caller) => {
    const applying = statements.filter(({ conditions }) => conditions.every((isMet) => isMet(caller)));
    if (applying.some(({ effect }) => effect === 'Deny')) return 'denied';
    return applying.length > 0 ? 'allowed' : 'not mentioned';
  };
}

function condition(where: string, operator: string, key: string, values: readonly string[]): Condition {
  const read = keys[key];
  if (read === undefined) throw new TemplateError(`${where}: the condition key ${key} is not supported`);
  switch (operator) {
    case 'IpAddress':
    case 'NotIpAddress': {
      const isListed = contains(where, values);
      return (caller) => isListed(read(caller)) === (operator === 'IpAddress');
    }
    case 'StringEquals':
      return (caller) => values.includes(read(caller) ?? '');
    case 'StringNotEquals':
      return (caller) => !values.includes(read(caller) ?? '');
    default:
      throw new TemplateError(`${where}: the condition ${operator} is not supported`);
  }
}

const keys: Readonly<Record<string, (caller: Caller) => string | undefined>> = {
  'aws:SourceIp': ({ sourceIp, vpcEndpoint }) => (vpcEndpoint === undefined ? sourceIp : undefined),
  'aws:VpcSourceIp': ({ sourceIp, vpcEndpoint }) => (vpcEndpoint === undefined ? undefined : sourceIp),
  'aws:SourceVpce': ({ vpcEndpoint }) => vpcEndpoint,
};

function contains(where: string, ranges: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = familyOf(network);
    if (family === undefined) throw new TemplateError(`${where}: ${range} is not a range of addresses`);
    list.addSubnet(network, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return (address) => {
    const family = familyOf(address ?? '');
    return address !== undefined && family !== undefined && list.check(address, family);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
