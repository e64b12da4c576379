import type { ConsoleApi } from '@org/console';
import { hc } from 'hono/client';
import * as z from 'zod/mini';

const Session = z.object({ token: z.string() });

/** Opens a console as its page does, with the link that a gateway or a command printed. */
export async function openConsole(link: string) {
  const { origin, pathname, hash } = new URL(link);
  const api = `${origin}${pathname}api`;
  const response = await fetch(`${api}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice(1) }),
  });
  const { token } = z.parse(Session, await response.json());
  const headers = { authorization: `Bearer ${token}` };
  return { api, headers, client: hc<ConsoleApi>(api, { headers }) };
}
