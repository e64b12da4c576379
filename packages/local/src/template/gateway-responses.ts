import * as z from 'zod/mini';
import { isResponseType, type ResponseType, responseTypes } from '../http/response-types.ts';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** A template's settings for one type of gateway response. */
export interface GatewayResponseDefinition {
  readonly status: number | undefined;
  /** `gatewayresponse.header.{name}` to an expression. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Content type to body template. */
  readonly templates: Readonly<Record<string, string>>;
}

export type GatewayResponses = ReadonlyMap<ResponseType, GatewayResponseDefinition>;

const GatewayResponseProperties = z.object({
  ResponseParameters: z.optional(z.record(z.string(), z.string())),
  ResponseTemplates: z.optional(z.record(z.string(), z.string())),
  ResponseType: z.string(),
  RestApiId: z.string(),
  StatusCode: z.optional(z.union([z.string(), z.number()])),
});

const headerPrefix = 'gatewayresponse.header.';

export function readGatewayResponses(resolver: Resolver, apiId: string): GatewayResponses {
  const responses = new Map<ResponseType, GatewayResponseDefinition>();
  for (const logicalId of resolver.idsOf('AWS::ApiGateway::GatewayResponse')) {
    const properties = resolver.read(logicalId, GatewayResponseProperties);
    if (properties.RestApiId !== apiId) {
      throw new TemplateError(`${logicalId} is not of the template's API`);
    }
    if (!isResponseType(properties.ResponseType)) {
      const known = Object.keys(responseTypes).join(', ');
      throw new TemplateError(
        `${logicalId}: no ResponseType ${properties.ResponseType}. There are: ${known}`,
      );
    }
    if (responses.has(properties.ResponseType)) {
      throw new TemplateError(`${logicalId}: ${properties.ResponseType} is set twice`);
    }
    const parameters = properties.ResponseParameters ?? {};
    const unknown = Object.keys(parameters).find((name) => !name.startsWith(headerPrefix));
    if (unknown !== undefined) {
      throw new TemplateError(`${logicalId}: ${unknown} must begin with ${headerPrefix}`);
    }
    responses.set(properties.ResponseType, {
      status: readStatus(logicalId, properties.StatusCode),
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name.slice(headerPrefix.length), value]),
      ),
      templates: properties.ResponseTemplates ?? {},
    });
  }
  return responses;
}

function readStatus(logicalId: string, value: string | number | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!/^[1-5]\d\d$/.test(String(value))) {
    throw new TemplateError(`${logicalId}: StatusCode ${value} is not a status`);
  }
  return Number(value);
}
