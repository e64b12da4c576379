import type { GatewayResponseDefinition, GatewayResponses } from '../template/gateway-responses.ts';
import { TemplateError } from '../template/template.ts';
import type { Refusal } from './refusal.ts';
import type { GatewayRequest } from './request.ts';
import type { RequestContext } from './request-context.ts';
import type { WholeResponse } from './response.ts';
import { type ResponseType, responseTypes } from './response-types.ts';

/** The values that a gateway response's expressions can name. */
export interface ResponseScope {
  readonly request: GatewayRequest;
  readonly context: RequestContext;
}

/** Turns a refusal into this API's answer. */
export type GatewayResponder = (refusal: Refusal, scope: ResponseScope) => WholeResponse;

/**
 * `$context` variables of gateway responses.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
 */
const contextVariables = new Set([
  ...['accountId', 'apiId', 'deploymentId', 'domainName', 'domainPrefix', 'extendedRequestId', 'httpMethod'],
  ...[
    'path',
    'protocol',
    'requestId',
    'requestTime',
    'requestTimeEpoch',
    'resourceId',
    'resourcePath',
    'stage',
  ],
  ...['identity.apiKey', 'identity.apiKeyId', 'identity.sourceIp', 'identity.userAgent'],
  ...['error.message', 'error.messageString', 'error.responseType', 'error.validationErrorString'],
]);

const bodyVariable = /\$context((?:\.[A-Za-z_]\w*)+)/g;
const headerExpression = /^(?:'(.*)'|context\.(.+))$/s;

/**
 * Gateway responses are plain substitution, not VTL. A type without its own response uses DEFAULT_4XX's or
 * DEFAULT_5XX's, and otherwise AWS's.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 *
 * @throws TemplateError for a variable or an expression that does not exist.
 */
export function createGatewayResponder(definitions: GatewayResponses): GatewayResponder {
  for (const [type, definition] of definitions) {
    refuseUnknownNames(type, definition);
  }
  return (refusal, scope) => {
    const own = definitions.get(refusal.type);
    const fallback = definitions.get(refusal.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
    const definition = own ?? fallback;
    const aws = responseTypes[refusal.type];
    const [contentType, template] = chooseTemplate(definition) ?? [
      'application/json',
      definition === undefined ? aws.template : responseTypes.DEFAULT_4XX.template,
    ];
    const headers = new Map([
      ['content-type', contentType],
      ['x-amzn-requestid', scope.request.id],
      ['x-amz-apigw-id', scope.request.extendedId],
      ['x-amzn-errortype', aws.errorType],
    ]);
    for (const [name, expression] of Object.entries(definition?.parameters ?? {})) {
      const [, literal, path = ''] = headerExpression.exec(expression) ?? [];
      headers.set(name.toLowerCase(), literal ?? variable(path, refusal, scope));
    }
    return {
      status: own?.status ?? fallback?.status ?? refusal.status,
      headers: [...headers],
      body: template.replaceAll(bodyVariable, (_match, path: string) =>
        variable(path.slice(1), refusal, scope),
      ),
    };
  };
}

/** API Gateway negotiates by `Accept`; here JSON comes first, then the first template. */
function chooseTemplate(definition: GatewayResponseDefinition | undefined): [string, string] | undefined {
  const templates = Object.entries(definition?.templates ?? {});
  return templates.find(([contentType]) => contentType === 'application/json') ?? templates[0];
}

function variable(path: string, refusal: Refusal, scope: ResponseScope): string {
  switch (path) {
    case 'error.message':
      return refusal.message ?? 'null';
    case 'error.messageString':
      return JSON.stringify(refusal.message);
    case 'error.responseType':
      return refusal.type;
    case 'error.validationErrorString':
      return refusal.validationErrors ?? '';
    default:
      return text(lookUp(scope.context, path));
  }
}

function lookUp(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (parent, key) =>
        typeof parent === 'object' && parent !== null ? new Map(Object.entries(parent)).get(key) : undefined,
      value,
    );
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function refuseUnknownNames(type: ResponseType, definition: GatewayResponseDefinition): void {
  const refuse = (name: string): never => {
    throw new TemplateError(`Gateway response ${type}: ${name} does not exist, or is not supported`);
  };
  for (const template of Object.values(definition.templates)) {
    if (template.includes('$stageVariables.')) refuse('$stageVariables');
    for (const [name, path = ''] of template.matchAll(bodyVariable)) {
      if (!contextVariables.has(path.slice(1))) refuse(name);
    }
  }
  for (const expression of Object.values(definition.parameters)) {
    const [found, literal, path = ''] = headerExpression.exec(expression) ?? [];
    if (found === undefined || (literal === undefined && !contextVariables.has(path))) refuse(expression);
  }
}
