import { KeyName, Name } from '@org/infra/config';
import * as z from 'zod/mini';
import { AdminError } from './admin-error.ts';

const rules = { team: Name, plan: Name, key: KeyName } as const;

/** @throws {AdminError} If it cannot be the name of a team, a plan or a key. */
export function checkName(name: string, of: keyof typeof rules): void {
  const rule = z.safeParse(rules[of], name).error?.issues[0]?.message;
  if (rule) throw new AdminError('invalid_name', { name, rule });
}
