import { randomUUID } from 'node:crypto';
import { parseJson } from '@org/contract';
import { AuditItem, auditKey, listOf } from '@org/table';
import type { Deployment } from '../deployment.ts';
import type { Write } from '../table.ts';

/** The changes that are recorded, by the command that makes them. */
export type AuditAction =
  | 'teams create'
  | 'teams move'
  | 'teams delete'
  | 'keys create'
  | 'keys rotate'
  | 'keys revoke'
  | 'keys disable'
  | 'keys enable'
  | 'keys expire'
  | 'limits set'
  | 'limits raise'
  | 'limits clear'
  | 'notices add'
  | 'notices remove'
  | 'plans create'
  | 'plans set'
  | 'plans delete'
  | 'plans adopt';

/** What a change is about. */
interface AuditSubject {
  readonly plan?: string | undefined;
  readonly team?: string | undefined;
  readonly key?: string | undefined;
  /** The id of a person of the team, as the log has it. */
  readonly person?: string | undefined;
  /** The id of a customer of the team, as the log has it. */
  readonly customer?: string | undefined;
  /** The alias of a model, of which the team's limits were changed. */
  readonly model?: string | undefined;
}

/** A change to record. */
export interface RecordedChange extends AuditSubject {
  readonly action: AuditAction;
  /** What was; undefined: nothing. */
  readonly from?: object | undefined;
  /** What is now; undefined: nothing. */
  readonly to?: object | undefined;
}

/** A change that was made. */
export interface AuditRecord extends AuditSubject {
  /** ISO 8601, by the clock of the operator's machine. */
  readonly at: string;
  /** ARN of the AWS identity, or for a local gateway the user of the machine. */
  readonly by: string;
  readonly action: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** The write that records a change. It belongs into the transaction that makes the change, so that neither is alone. */
export async function recordOf(
  { now, operator }: Deployment,
  { from, to, ...change }: RecordedChange,
): Promise<Write> {
  const by = await operator();
  return {
    kind: 'put',
    key: auditKey(new Date(now()).toISOString(), randomUUID()),
    attributes: {
      by,
      ...change,
      from: from && JSON.stringify(from),
      to: to && JSON.stringify(to),
    },
  };
}

export interface AuditQuery {
  readonly team?: string | undefined;
  readonly key?: string | undefined;
  /** Milliseconds since 1970. Default: from the first record on. */
  readonly since?: number | undefined;
}

/** Changes that operators made, oldest first. */
export async function listChanges(
  { table }: Deployment,
  { team, key, since }: AuditQuery,
): Promise<AuditRecord[]> {
  const from = since === undefined ? '' : new Date(since).toISOString();
  const items = await table.queryFrom(listOf.audit, from);
  return items.flatMap((item): AuditRecord[] => {
    const record = AuditItem.parse(item);
    if (team !== undefined && record.team !== team) return [];
    if (key !== undefined && record.key !== key) return [];
    const [at = ''] = (item['sk']?.S ?? '').split('#');
    return [{ ...record, at, from: parseJson(record.from ?? ''), to: parseJson(record.to ?? '') }];
  });
}
