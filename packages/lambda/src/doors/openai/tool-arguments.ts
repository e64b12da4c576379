import { toolInputOf } from '../../call/reply.ts';
import type { JsonObject } from '../../json.ts';

/** The arguments of a call as they come back in a history: what a model wrote need not have been an object. */
export function toolInputFrom(args: string): JsonObject {
  return toolInputOf(args) ?? { arguments: args };
}
