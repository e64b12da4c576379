import { listChanges } from '@org/admin';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { reads } from './input.ts';
import type { Operation } from './operation.ts';

const Query = z.strictObject({
  team: z.optional(z.string()),
  key: z.optional(z.string()),
  /** Milliseconds since 1970. */
  since: z.optional(z.coerce.number()),
});

export const auditRoutes = ({ deployment }: Operation) =>
  new Hono().get('/audit', reads('query', Query), async (c) =>
    c.json({ changes: await listChanges(await deployment(), c.req.valid('query')) }),
  );
