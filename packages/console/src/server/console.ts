import { Hono } from 'hono';
import * as z from 'zod/mini';
import { auditRoutes } from './audit.ts';
import { reads } from './input.ts';
import { keyRoutes } from './keys.ts';
import { limitRoutes } from './limits.ts';
import type { Operation } from './operation.ts';
import { overviewRoutes } from './overview.ts';
import { Session } from './session.ts';
import { teamRoutes } from './teams.ts';

const Exchange = z.strictObject({ token: z.string() });

/** Everything below `/console/api`, for the page's typed client: `hc<ConsoleApi>('./api')`. */
export type ConsoleApi = ReturnType<typeof apiOf>;

function apiOf(operation: Operation, session: Session) {
  return new Hono()
    .post('/session', reads('json', Exchange), (c) => {
      const token = session.exchange(c.req.valid('json').token);
      return token === undefined ? c.json({ token: null }, 401) : c.json({ token });
    })
    .route('/', overviewRoutes(operation))
    .route('/', teamRoutes(operation))
    .route('/', keyRoutes(operation))
    .route('/', limitRoutes(operation))
    .route('/', auditRoutes(operation));
}

export function createConsole(operation: Operation) {
  const session = new Session();
  const app = new Hono().route('/console/api', apiOf(operation, session));
  return { fetch: app.fetch, linkAt: (origin: string) => session.linkAt(origin) };
}
