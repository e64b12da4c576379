import * as z from 'zod/mini';
import { type FunctionDefinition, readFunctionUri } from './functions.ts';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** A Lambda authorizer that API Gateway calls for every request. */
export interface Authorizer {
  readonly id: string;
  readonly target: FunctionDefinition;
}

/** The source of a request's API key: the header `x-api-key`, or the authorizer. */
export type ApiKeySource = 'HEADER' | 'AUTHORIZER';

const AuthorizerProperties = z.object({
  AuthorizerCredentials: z.optional(z.string()),
  AuthorizerResultTtlInSeconds: z.optional(z.number()),
  AuthorizerUri: z.optional(z.string()),
  IdentitySource: z.optional(z.string()),
  IdentityValidationExpression: z.optional(z.string()),
  RestApiId: z.string(),
  Type: z.string(),
});

/** API Gateway's default time in the cache, in seconds. */
const defaultTtlSeconds = 300;

/**
 * The authorizers of a template: Lambda REQUEST authorizers without a cache and without identity sources.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-authorizer.html
 */
export function readAuthorizers(
  resolver: Resolver,
  apiId: string,
  functions: readonly FunctionDefinition[],
): Authorizer[] {
  return resolver.idsOf('AWS::ApiGateway::Authorizer').map((logicalId) => {
    const properties = resolver.read(logicalId, AuthorizerProperties);
    const refuse = (message: string): never => {
      throw new TemplateError(`${logicalId}: ${message}`);
    };
    if (properties.RestApiId !== apiId) refuse("RestApiId is not the template's API");
    if (properties.Type !== 'REQUEST') refuse(`an authorizer of type ${properties.Type} is not supported`);
    const ttlSeconds = properties.AuthorizerResultTtlInSeconds ?? defaultTtlSeconds;
    if (ttlSeconds !== 0) {
      refuse(`results are cached for ${ttlSeconds} s, and only AuthorizerResultTtlInSeconds 0 is supported`);
    }
    for (const name of ['AuthorizerCredentials', 'IdentitySource', 'IdentityValidationExpression'] as const) {
      if (properties[name] !== undefined) refuse(`${name} is not supported`);
    }
    const { functionArn, mode } = readFunctionUri(logicalId, properties.AuthorizerUri ?? '');
    if (mode !== 'BUFFERED')
      refuse('AuthorizerUri must end in /invocations, because an authorizer cannot stream');
    const target = functions.find(({ arn }) => arn === functionArn);
    if (target === undefined) {
      throw new TemplateError(`${logicalId}: ${functionArn} is not a function of the template`);
    }
    return { id: resolver.ref(logicalId), target };
  });
}
