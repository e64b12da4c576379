import { type AskEvent, askAsKey } from '@org/admin';
import { AskRequestSchema } from '@org/contract';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env } from './env.ts';
import { eventStream } from './event-stream.ts';
import { reads } from './input.ts';
import type { Operation } from './operation.ts';

const Question = z.strictObject({
  key: z.string(),
  request: AskRequestSchema,
  stream: z.optional(z.boolean()),
});

export const playgroundRoutes = ({ deployment, snapshot }: Operation) =>
  /** The value of the key stays here: the page gets only what is answered. */
  new Hono<Env>().post('/playground', reads('json', Question), async (c) => {
    const open = await deployment();
    const hangUp = new AbortController();
    const signal = AbortSignal.any([hangUp.signal, c.req.raw.signal]);
    const events = askAsKey(open, { ...c.req.valid('json'), signal });
    // So that a key that does not work is said with a status of its own.
    const first = await events.next();
    return eventStream<AskEvent>(c, async (send, gone) => {
      gone.addEventListener('abort', () => hangUp.abort());
      if (first.done) return;
      send(first.value);
      for await (const event of events) send(event);
      snapshot.forget();
    });
  });
