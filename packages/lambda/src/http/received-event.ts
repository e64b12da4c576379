import type { APIGatewayProxyEvent } from 'aws-lambda';
import { isObject } from '../json.ts';

/** What is read of API Gateway's proxy event. The key's value, which is in it too, is not. */
export type ProxyEvent = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'resource' | 'body' | 'isBase64Encoded'
> & {
  /** The console of API Gateway sends null. */
  readonly headers: APIGatewayProxyEvent['headers'] | null;
  readonly requestContext: {
    readonly requestId: string;
    readonly requestTimeEpoch: number;
    readonly identity: { readonly apiKeyId: string | null };
  };
};

/** An event, or `otherwise` where it cannot be API Gateway's: who may invoke a function can send it anything. */
export function receivedEvent<Event>(event: Event, otherwise: Event): Event {
  const sent: unknown = event;
  const context = isObject(sent) ? sent['requestContext'] : undefined;
  return isObject(context) && typeof context['requestId'] === 'string' ? event : otherwise;
}

/** A header by its name in lower case. */
export function header({ headers }: Pick<ProxyEvent, 'headers'>, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
