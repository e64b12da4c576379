import { createKey, revokeKey, rotateKey, setDisabled, setExpiry } from '@org/admin';
import { LimitsSchema } from '@org/contract';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { Nothing, reads } from './input.ts';
import { warningsAbout } from './limits.ts';
import { End, endOf } from './moment.ts';
import type { Operation } from './operation.ts';

const NewKey = z.strictObject({
  name: z.string(),
  team: z.string(),
  limits: z.optional(LimitsSchema),
  owner: z.optional(z.string()),
  note: z.optional(z.string()),
  end: z.optional(End),
});

const Rotation = z.strictObject({
  /** Milliseconds. */
  overlap: z.union([z.literal('now'), z.int().check(z.minimum(60_000, 'must be at least a minute'))]),
  as: z.optional(z.string()),
});

const Revocation = z.strictObject({ replacedOnly: z.optional(z.boolean()) });

/** `null`: no end. */
const Expiry = z.strictObject({ end: z.nullable(End) });

export const keyRoutes = ({ deployment, snapshot }: Operation) =>
  new Hono()
    /** From the table alone, without the state that API Gateway has. */
    .get('/keys', async (c) => {
      const records = await snapshot.records(await deployment());
      return c.json({
        keys: records.flatMap(({ key, team, plan }) =>
          key === undefined ? [] : [{ name: key, team, plan }],
        ),
      });
    })
    .post('/keys', reads('json', NewKey), async (c) => {
      const { end, ...wanted } = c.req.valid('json');
      const open = await deployment();
      const expiry = end === undefined ? undefined : Math.floor(endOf(end, open.config.timeZone) / 1000);
      const made = await createKey(open, { ...wanted, expiry });
      const { id, name: key, team, plan, limits } = made;
      const subject = { team, key, plan, scope: { kind: 'key', id } } as const;
      return c.json({ ...made, ...(await warningsAbout(open, subject, limits)) });
    })
    .post('/keys/:key/rotate', reads('json', Rotation), async (c) => {
      const name = c.req.param('key');
      return c.json(await rotateKey(await deployment(), { name, ...c.req.valid('json') }));
    })
    .post('/keys/:key/revoke', reads('json', Revocation), async (c) => {
      const name = c.req.param('key');
      return c.json(await revokeKey(await deployment(), { name, ...c.req.valid('json') }));
    })
    .post('/keys/:key/expire', reads('json', Expiry), async (c) => {
      const { end } = c.req.valid('json');
      const open = await deployment();
      const at = end === null ? undefined : endOf(end, open.config.timeZone);
      return c.json({ changed: await setExpiry(open, c.req.param('key'), at) });
    })
    .post('/keys/:key/disable', reads('json', Nothing), async (c) =>
      c.json({ changed: await setDisabled(await deployment(), c.req.param('key'), true) }),
    )
    .post('/keys/:key/enable', reads('json', Nothing), async (c) =>
      c.json({ changed: await setDisabled(await deployment(), c.req.param('key'), false) }),
    );
