import { identify } from './proxy-error.ts';

/**
 * For the code of your tools: throw it from `run` of a tool, and the model reads its message as the result of the call,
 * which failed. Of any other error the model reads only that the tool failed, because its message may be private.
 *
 * @example
 * ```ts
 * import { ToolError, tool } from '@org/bedrock-client';
 * import * as z from 'zod';
 *
 * const orders = new Map([['7', 'sent']]);
 * const orderStatus = tool({
 *   name: 'order_status',
 *   input: z.object({ order: z.string() }),
 *   run: ({ order }) => {
 *     const status = orders.get(order);
 *     if (status === undefined) throw new ToolError(`There is no order ${order}. Ask the user for its number.`);
 *     return status;
 *   },
 * });
 * console.log(orderStatus.name);
 * ```
 */
export class ToolError extends Error {
  static {
    identify(ToolError, 'ToolError');
  }
}
