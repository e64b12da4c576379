import { exposedHeaders, headers } from '@org/contract';
import { Duration } from 'aws-cdk-lib';
import type { Resource } from 'aws-cdk-lib/aws-apigateway';
import type { CorsConfig } from '../../config/operations.ts';

/**
 * Headers that a page may send; for any other header the browser asks for a permission that it does not get. The
 * headers of OpenAI's and Anthropic's SDKs, and those that their users add, are listed by name, because `*` would not
 * include `authorization`.
 *
 * @see https://fetch.spec.whatwg.org/#http-access-control-allow-headers
 * @see https://github.com/openai/openai-node/blob/master/src/client.ts
 * @see https://github.com/anthropics/anthropic-sdk-typescript/blob/main/src/client.ts
 */
const requestHeaders: readonly string[] = [
  ...['content-type', 'authorization', headers.apiKey, headers.client, 'idempotency-key'],
  // Anthropic's SDK sets it. Browsers that allow it ask for permission.
  'user-agent',
  ...['openai-beta', 'openai-organization', 'openai-project'],
  ...['anthropic-beta', 'anthropic-dangerous-direct-browser-access', 'anthropic-version'],
  ...[
    ...['arch', 'helper', 'helper-method', 'lang', 'os', 'package-version'],
    ...['retry-count', 'runtime', 'runtime-version', 'timeout'],
  ].map((fact) => `x-stainless-${fact}`),
];

/**
 * Lets pages of these origins ask whether they may call a resource. A browser asks without the key, so the method needs
 * none. API Gateway answers the request itself, and no function runs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
 */
export function addPreflight(resource: Resource, method: string, { origins }: CorsConfig): void {
  resource.addCorsPreflight({
    allowOrigins: [...origins],
    allowMethods: [method],
    allowHeaders: [...requestHeaders],
    // The longest time that Chrome remembers it.
    maxAge: Duration.hours(2),
  });
}

/**
 * Headers on API Gateway's own answers, so that a page can read them. API Gateway cannot choose among several origins,
 * so in that case it allows all: these answers contain only an error code and a request id.
 */
export function corsHeaders(cors: CorsConfig | undefined): Record<string, string> {
  if (!cors) return {};
  const [origin, ...others] = cors.origins;
  const allowed = origin === undefined || others.length > 0 ? '*' : origin;
  return {
    'access-control-allow-origin': `'${allowed}'`,
    'access-control-expose-headers': `'${exposedHeaders.join(',')}'`,
  };
}
