import { isObject } from '../json.ts';

/** An event, or `otherwise` where it cannot be API Gateway's: who may invoke a function can send it anything. */
export function receivedEvent<Event>(event: Event, otherwise: Event): Event {
  const sent: unknown = event;
  const context = isObject(sent) ? sent['requestContext'] : undefined;
  return isObject(context) && typeof context['requestId'] === 'string' ? event : otherwise;
}
