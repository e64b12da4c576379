import * as z from 'zod/mini';
import type { Reference } from './references.ts';

/** An API that only a VPC reaches. */
export interface PrivateApiConfig {
  /**
   * Ids of interface VPC endpoints for `execute-api`, in the config's Region: `['vpce-0123456789abcdef0']`. Calls through
   * any other are denied. They are yours to make; each costs about 7.30 USD a month for each of its Availability Zones.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html
   * @see https://aws.amazon.com/privatelink/pricing/
   */
  vpcEndpointIds: readonly string[];
}

/** Your own domain name for the API. */
export interface DomainConfig {
  /** The name, in lower case and without `*`: `llm.example.com`. Its DNS record is yours to make, to the output `DomainTarget`. */
  name: string;
  /**
   * ARN of a certificate for it in AWS Certificate Manager, of the config's Region. A public one costs nothing.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
   */
  certificateArn: string;
  /**
   * First part of the path below the domain, in place of the stage: with `llm`, the routes are below
   * `https://llm.example.com/llm`. Default: none.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
   */
  basePath?: string | undefined;
  /**
   * Whether the address that API Gateway makes, `https://{api}.execute-api...`, answers every call with 403. Default: false.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
   */
  disableDefaultEndpoint?: boolean | undefined;
}

/**
 * The TLS policies of Regional and private APIs, without those that take TLS 1.0. `SecurityPolicy_TLS13_1_3_...` takes
 * TLS 1.3 alone, `SecurityPolicy_TLS13_1_2_...` 1.2 as well; PQ is post-quantum, PFS is forward secrecy.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
 */
export const tlsPolicies = [
  'TLS_1_2',
  'SecurityPolicy_TLS13_1_3_2025_09',
  'SecurityPolicy_TLS13_1_3_FIPS_2025_09',
  'SecurityPolicy_TLS13_1_2_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
] as const;
export type TlsPolicy = (typeof tlsPolicies)[number];

/** From where the API is reached, and under which name. */
export interface NetworkConfig {
  /**
   * Makes the API private: only the named VPC endpoints reach it, and the internet does not. Default: the API has a public
   * address.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
   */
  privateApi?: PrivateApiConfig | undefined;
  /**
   * The only addresses that may call, as IPv4 and IPv6 ranges: `['203.0.113.0/24', '2001:db8::/32']`. Others get 403
   * `access_denied` before any function runs. With `privateApi`, these are addresses in the VPC. An IPv6 range makes the
   * endpoint dual-stack. Default: every address may call.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
   */
  allowFrom?: readonly string[] | undefined;
  /** Your own domain name in front of the API. Default: only the address that API Gateway makes. */
  domain?: DomainConfig | undefined;
  /**
   * The oldest TLS version and the ciphers that the API, and its domain, take: `TLS_1_2`, or one of AWS's newer policies,
   * such as `SecurityPolicy_TLS13_1_3_2025_09`, which also refuse calls whose host name is not that of the connection.
   * Default: AWS's, which is TLS 1.0 and newer for the address that API Gateway makes, 1.2 for a domain and a private API.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
   */
  tlsPolicy?: TlsPolicy | undefined;
}

const text = (pattern: RegExp, rule: string) => z.string().check(z.regex(pattern, rule));

/** So many of the longest fit into the 8,192 characters that AWS lets a resource policy have. */
const mostRanges = 150;

const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const range = z.string().check(
  z.refine((value) => z.safeParse(cidr, value).success, {
    error: 'must be a range of addresses such as 203.0.113.0/24, 203.0.113.7/32 or 2001:db8::/32',
    abort: true,
  }),
  z.refine((value) => !value.endsWith('/0'), 'lets every address in; remove it, or leave allowFrom out'),
);

/** The fields of a config that are about its network. */
export const networkFields = {
  privateApi: z.optional(
    z.strictObject({
      vpcEndpointIds: z
        .array(
          text(
            /^vpce-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
            'must be the id of a VPC endpoint, such as vpce-0123456789abcdef0',
          ),
        )
        .check(z.minLength(1, 'must name at least one VPC endpoint')),
    } satisfies Record<keyof PrivateApiConfig, z.ZodMiniType>),
  ),
  allowFrom: z.optional(
    z
      .array(range)
      .check(
        z.minLength(1, 'must name at least one range; or leave it out'),
        z.maxLength(
          mostRanges,
          `must have at most ${mostRanges} ranges, because AWS limits the length of the policy; join them into larger ones`,
        ),
      ),
  ),
  domain: z.optional(
    z.strictObject({
      name: text(
        /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
        'must be a domain name in lower case, such as llm.example.com',
      ),
      certificateArn: text(
        /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        'must be the ARN of a certificate, such as arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
      ),
      basePath: z.optional(
        text(/^[\w.-]{1,300}$/, 'must be one part of a path: letters, digits and _.-, without slashes'),
      ),
      disableDefaultEndpoint: z._default(z.boolean(), false),
    } satisfies Record<keyof DomainConfig, z.ZodMiniType>),
  ),
  tlsPolicy: z.optional(z.enum(tlsPolicies)),
} satisfies Record<keyof NetworkConfig, z.ZodMiniType>;

/** The parts of a config that concern the network. An undefined part is absent, or itself at fault. */
interface Networked {
  readonly region?: string | undefined;
  readonly privateApi?: PrivateApiConfig | undefined;
  readonly domain?: Pick<DomainConfig, 'certificateArn'> | undefined;
}

/** Finds lines that AWS would refuse together. */
export function* checkNetwork({ region, privateApi, domain }: Networked): Iterable<Reference> {
  if (!domain) return;
  const [, , , certificateRegion] = domain.certificateArn.split(':');
  if (region !== undefined && certificateRegion !== region) {
    const message = `is a certificate in ${certificateRegion}, but API Gateway needs one in ${region}; make or import it there`;
    yield { path: ['domain', 'certificateArn'], message };
  }
  if (privateApi) {
    const message =
      'is public, and API Gateway does not map a public domain to a private API; remove domain or privateApi. ' +
      'A private custom domain name can be made beside this stack';
    yield { path: ['domain'], message };
  }
}
