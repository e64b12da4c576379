import type { APIGatewayProxyEvent } from 'aws-lambda';
import { isObject } from '../json.ts';

/** The fields that are read from API Gateway's proxy event. The key's value is in the event too, but is not read. */
export type ProxyEvent = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'resource' | 'body' | 'isBase64Encoded'
> & {
  /** Of the parts of the path that are parameters. */
  readonly pathParameters?: APIGatewayProxyEvent['pathParameters'];
  /** The console of API Gateway sends null. */
  readonly headers: APIGatewayProxyEvent['headers'] | null;
  readonly requestContext: {
    readonly requestId: string;
    readonly requestTimeEpoch: number;
    readonly identity: { readonly apiKeyId: string | null };
    /** The authorizer's facts about the caller. */
    readonly authorizer?: { readonly person?: string | undefined } | null | undefined;
  };
};

/** An event, or `otherwise` if it cannot be API Gateway's: anyone who may invoke a function can send it anything. */
export function receivedEvent<Event>(event: Event, otherwise: Event): Event {
  const sent: unknown = event;
  const context = isObject(sent) ? sent['requestContext'] : undefined;
  return isObject(context) && typeof context['requestId'] === 'string' ? event : otherwise;
}

/** A parameter of the path. It may come encoded or decoded; no name here has a `%` that stands for itself. */
export function pathParameter(
  { pathParameters }: Pick<ProxyEvent, 'pathParameters'>,
  name: string,
): string | undefined {
  const value = pathParameters?.[name];
  try {
    return value && decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** A header by its name in lower case. */
export function header({ headers }: Pick<ProxyEvent, 'headers'>, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
