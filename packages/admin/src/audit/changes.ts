import { isDeepStrictEqual } from 'node:util';
import { type Changes, ChangesItem, changesAttributes, changesKey, type Item } from '@org/table';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { type RecordedChange, recordOf } from './audit.ts';

/** A team or a key whose changes are written. */
interface ChangedSubject {
  readonly team: string;
  /** Undefined for a team. */
  readonly key?: string | undefined;
  readonly scope: Parameters<typeof changesKey>[0];
}

/** How often a change is made again to what another operator has just written. */
const attempts = 20;

/**
 * What operators changed of a team or a key.
 *
 * @throws {AdminError} If a newer version wrote something that this one does not know.
 */
export function changesOf(item: Item | undefined): Changes {
  const { data } = z.safeParse(ChangesItem, item ?? {});
  if (!data) throw new AdminError('changes_are_unreadable', { item: item?.['pk']?.S ?? '' });
  return data;
}

/**
 * Changes a subject, and records it in the same write. If another operator changes it at the same time, the change is made to
 * what that one wrote, so that nothing is lost.
 *
 * @param change Returns the changes that shall be, and what to record. Called again after another operator's write.
 * @returns Whether anything is different now.
 */
export async function writeChanges(
  deployment: Deployment,
  { scope, team, key }: ChangedSubject,
  change: (present: Changes) => {
    readonly changes: Changes;
    readonly record: Pick<RecordedChange, 'action' | 'from' | 'to'>;
  },
): Promise<boolean> {
  const { table } = deployment;
  const place = changesKey(scope);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const item = await table.get(place);
    const present = changesOf(item);
    const { changes, record } = change(present);
    if (isDeepStrictEqual(changesAttributes(changes), changesAttributes(present))) return false;
    const { version = 0 } = present;
    const attributes = changesAttributes({ ...changes, version: version + 1 });
    const done = await table.transact([
      { kind: 'update', key: place, attributes, condition: item ? { version: present.version } : 'absent' },
      await recordOf(deployment, { ...record, team, key }),
    ]);
    if (done) return true;
  }
  throw new AdminError('changed_by_others', { subject: key ?? team });
}
