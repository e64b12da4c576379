import { describeRequest, findRequest } from '@org/admin';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { reads } from './input.ts';
import type { Operation } from './operation.ts';

const Query = z.strictObject({
  id: z.string(),
  /** How far back the logs are searched. Default: 1. */
  days: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(3653))),
});

export const requestRoutes = ({ deployment }: Operation) =>
  /** From the logs, which CloudWatch bills by the gigabyte. */
  new Hono().get('/requests', reads('query', Query), async (c) => {
    const found = await findRequest(await deployment(), c.req.valid('query'));
    return c.json({ ...found, sentences: describeRequest(found) });
  });
