import { Name } from '@org/infra/config';
import * as z from 'zod/mini';
import { AdminError } from './admin-error.ts';

/** @throws {AdminError} If it cannot be the name of a team or a key. */
export function checkName(name: string): void {
  const rule = z.safeParse(Name, name).error?.issues[0]?.message;
  if (rule) throw new AdminError('invalid_name', { name, rule });
}
