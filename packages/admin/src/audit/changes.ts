import { isDeepStrictEqual } from 'node:util';
import {
  type Changes,
  ChangesItem,
  changesAttributes,
  changesKey,
  type Item,
  type ItemKey,
  type MemberName,
  type ScopeName,
  withMark,
  withoutMark,
} from '@org/table';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import type { Write } from '../table.ts';
import { type RecordedChange, recordOf } from './audit.ts';

/** A team, a key or a member of a team whose changes are written. */
interface ChangedSubject {
  readonly team: string;
  /** Only of a key. */
  readonly key?: string | undefined;
  readonly scope: ScopeName;
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
 * Changes a subject, and records it in the same write. Of a member, the team's item gets the mark in that write too. If another operator changes it at the same time, the change is made to
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
  const ofTeam = changesKey({ kind: 'team', id: team });
  const member = 'team' in scope ? scope : undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const [item, teamItem] = await table.getAll([place, ofTeam]);
    const present = changesOf(item);
    const { changes, record } = change(present);
    if (isDeepStrictEqual(changesAttributes(changes), changesAttributes(present))) return false;
    const done = await table.transact([
      nextVersion(place, item, changes),
      ...(member ? marking(member, { present, changes, ofTeam, teamItem }) : []),
      await recordOf(deployment, { ...record, team, key, ...(member && { [member.kind]: member.id }) }),
    ]);
    if (done) return true;
  }
  throw new AdminError('changed_by_others', { subject: member?.id ?? key ?? team });
}

/** Writes an item, if it is as it was read. */
function nextVersion(key: ItemKey, item: Item | undefined, changes: Changes): Write {
  const { version } = changesOf(item);
  const attributes = changesAttributes({ ...changes, version: (version ?? 0) + 1 });
  return { kind: 'update', key, attributes, condition: item ? { version } : 'absent' };
}

/** Marks a member in the item of its team from its first change on, and no longer when nothing is changed of it. */
function marking(
  member: MemberName,
  {
    present,
    changes,
    ofTeam,
    teamItem,
  }: {
    readonly present: Changes;
    readonly changes: Changes;
    readonly ofTeam: ItemKey;
    readonly teamItem: Item | undefined;
  },
): Write[] {
  const isMarked = changesAnything(changes);
  if (isMarked === changesAnything(present)) return [];
  const team = changesOf(teamItem);
  const members = (isMarked ? withMark : withoutMark)(team.members ?? '', member);
  return [nextVersion(ofTeam, teamItem, { ...team, members: members || undefined })];
}

/** Whether anything is changed of a subject's limits. */
export function changesAnything({ limits, raises = [] }: Changes): boolean {
  return limits !== undefined || raises.length > 0;
}
