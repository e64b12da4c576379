import type { Deployment } from '@org/admin';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { Assets } from './assets.ts';
import { auditRoutes } from './audit.ts';
import type { Connection, Env } from './env.ts';
import { answerFailure, limitedBody, Refusal } from './failures.ts';
import { onlyInSession, onlyJson, onlyOwnHost, onlyOwnPage, withSecurityHeaders } from './guard.ts';
import { importRoutes } from './import.ts';
import { reads } from './input.ts';
import { keyRoutes } from './keys.ts';
import { limitRoutes } from './limits.ts';
import { modelRoutes } from './models.ts';
import type { Operation } from './operation.ts';
import { overviewRoutes } from './overview.ts';
import { playgroundRoutes } from './playground.ts';
import { requestRoutes } from './requests.ts';
import { Session } from './session.ts';
import { Snapshot } from './snapshot.ts';
import { teamRoutes } from './teams.ts';

/** Where it is. */
export const consolePath = '/console';

export interface ConsoleOptions {
  /** Opens the deployment: with the first question, and again after it could not be opened. */
  readonly open: () => Promise<Deployment>;
  /** Where that is: on AWS, or on a local gateway. */
  readonly place: 'aws' | 'local';
  /** Gets a line about every error that nothing here knows: the page says that it is where the console was started. */
  readonly onFault: (fault: string) => void;
}

/** An operator's page, for one server on loopback. */
export interface Console {
  /** Answers a request below {@link consolePath}; one of any other path is not found. */
  readonly fetch: (request: Request, connection: Connection) => Promise<Response>;
  /** The link that opens it, once. It is as good as the operator's rights: it is for their eyes only. */
  readonly linkAt: (origin: string) => string;
}

/** Every route below `/console/api`, for the page's typed client: `hc<ConsoleApi>('./api')`. */
export type ConsoleApi = ReturnType<typeof apiOf>;

const Exchange = z.strictObject({ token: z.string() });

function apiOf(operation: Operation, session: Session) {
  return new Hono<Env>()
    .use(onlyOwnPage, onlyJson)
    .post('/session', limitedBody, reads('json', Exchange), (c) => {
      const token = session.exchange(c.req.valid('json').token);
      if (token !== undefined) return c.json({ token });
      throw new Refusal(
        'link_is_used',
        'This link was used before, or the console that printed it has ended.',
        'Each link works once. Start again what printed it ("console", "dev" or "npm start"), and open the new link.',
      );
    })
    .use(onlyInSession(session), limitedBody)
    .use(async (c, next) => {
      try {
        await next();
      } finally {
        if (c.req.method !== 'GET') operation.snapshot.forget();
      }
    })
    .route('/', overviewRoutes(operation))
    .route('/', teamRoutes(operation))
    .route('/', keyRoutes(operation))
    .route('/', limitRoutes(operation))
    .route('/', importRoutes(operation))
    .route('/', auditRoutes(operation))
    .route('/', modelRoutes(operation))
    .route('/', playgroundRoutes(operation))
    .route('/', requestRoutes(operation));
}

/** Nothing of it is reached without the token of its link, and nothing by a page of another origin. */
export function createConsole({ open, place, onFault }: ConsoleOptions): Console {
  const session = new Session();
  const assets = new Assets();
  let opened: Promise<Deployment> | undefined;
  const deployment = () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const app = new Hono<Env>()
    .use(withSecurityHeaders, onlyOwnHost)
    .route(`${consolePath}/api`, apiOf({ deployment, place, snapshot: new Snapshot() }, session))
    .get(consolePath, (c) => c.redirect(`${consolePath}/`))
    .get(`${consolePath}/:file{[^/]*}`, async (c) => {
      const asset = await assets.find(c.req.param('file') || 'index.html');
      return asset ? c.body(asset.content, 200, { 'content-type': asset.type }) : c.notFound();
    })
    .notFound((c) => answerFailure(c, new Refusal('no_such_page', 'There is nothing at this address.')))
    .onError((error, c) => answerFailure(c, error));
  return {
    fetch: async (request, connection) => app.fetch(request, { ...connection, onFault }),
    linkAt: (origin) => session.linkAt(origin),
  };
}
