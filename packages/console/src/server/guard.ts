import { createMiddleware } from 'hono/factory';
import type { Env } from './env.ts';
import { Refusal } from './failures.ts';
import type { Session } from './session.ts';

/** Scripts, styles and requests of this origin alone, and no other page may show this one. Pictures may be in the page. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Puts the headers on every answer that keep a browser from using it otherwise. */
export const withSecurityHeaders = createMiddleware<Env>(async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
});

/**
 * Refuses a name of this machine that a web page chose: with it, that page's origin would be the console's (DNS rebinding).
 * https://owasp.org/www-community/attacks/DNS_Rebinding
 */
export const onlyOwnHost = createMiddleware<Env>(async (c, next) => {
  const host = c.req.header('host');
  const { port } = c.env;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new Refusal(
      'foreign_request',
      'The console answers only at its own address.',
      `Open it at http://127.0.0.1:${port}/console/`,
    );
  }
  await next();
});

/** Refuses what a page of another origin asks for. A program that is not a browser says neither. */
export const onlyOwnPage = createMiddleware<Env>(async (c, next) => {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  const isOwn =
    (origin === undefined || origin === `http://${c.req.header('host')}`) &&
    (site === undefined || site === 'same-origin' || site === 'none');
  if (!isOwn) throw new Refusal('foreign_request', 'Only the page of the console may ask this.');
  await next();
});

/** Refuses what a form can send without a question to this server. https://fetch.spec.whatwg.org/#simple-header */
export const onlyJson = createMiddleware<Env>(async (c, next) => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (c.req.method !== 'GET' && type !== 'application/json') {
    throw new Refusal('not_json', 'The content type of a request must be application/json.');
  }
  await next();
});

/** Refuses requests without the token of the session. */
export const onlyInSession = (session: Session) =>
  createMiddleware<Env>(async (c, next) => {
    const [scheme, token = ''] = c.req.header('authorization')?.split(' ') ?? [];
    if (scheme !== 'Bearer' || !session.isOpenedBy(token)) {
      throw new Refusal(
        'no_session',
        'The session of this page is over.',
        'Start the console again, and open the new link.',
      );
    }
    await next();
  });
