import {
  type Imported,
  importTeams,
  type NewKey,
  parseTeams,
  parseTeamsCsv,
  previewImport,
} from '@org/admin';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env } from './env.ts';
import { eventStream } from './event-stream.ts';
import { Refusal } from './failures.ts';
import { reads } from './input.ts';
import type { Operation } from './operation.ts';

const TeamsFile = z.strictObject({ format: z.enum(['csv', 'json']), text: z.string() });

/** What an import has done. */
export type ImportEvent =
  /** With its value, this once. */
  { readonly type: 'key'; readonly key: NewKey } | ({ readonly type: 'done' } & Imported);

export const importRoutes = ({ deployment, snapshot }: Operation) =>
  new Hono<Env>()
    .post('/import/preview', reads('json', TeamsFile), async (c) =>
      c.json(await previewImport(await deployment(), teamsIn(c.req.valid('json')))),
    )
    .post('/import', reads('json', TeamsFile), async (c) => {
      const teams = teamsIn(c.req.valid('json'));
      const open = await deployment();
      return eventStream<ImportEvent>(c, async (send, gone) => {
        try {
          const made = await importTeams(open, teams, (key) => {
            // A value that is not seen is lost: rather no more keys.
            gone.throwIfAborted();
            send({ type: 'key', key });
          });
          send({ type: 'done', ...made });
        } finally {
          // The answer began before there was a change to see.
          snapshot.forget();
        }
      });
    });

function teamsIn({ format, text }: z.output<typeof TeamsFile>) {
  const source = 'The file';
  return format === 'csv' ? parseTeamsCsv(text, source) : parseTeams(readJson(text), source);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('invalid_request', 'The file is not JSON.', 'Choose a file of JSON, or one of CSV.');
  }
}
