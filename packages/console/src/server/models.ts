import { checkModelAccess, configWithPlans, describeModels } from '@org/admin';
import { Hono } from 'hono';
import type { Operation } from './operation.ts';

export const modelRoutes = ({ deployment }: Operation) =>
  new Hono()
    .get('/models', async (c) => {
      const open = await deployment();
      return c.json({ models: describeModels(await configWithPlans(open), open.now()) });
    })
    /** As Bedrock says it, which takes seconds. A local gateway's Bedrock does not say it. */
    .get('/models/access', async (c) => {
      const { config, endpoints, now } = await deployment();
      return c.json({ access: await checkModelAccess(config, endpoints('bedrock'), now()) });
    });
