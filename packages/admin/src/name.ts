import { Name } from '@org/infra/config';
import * as z from 'zod/mini';
import { CliError } from './cli-error.ts';

/** @throws {CliError} If it is no name for a team or a key. */
export function checkName(name: string): void {
  const fault = z.safeParse(Name, name).error?.issues[0]?.message;
  if (fault) throw new CliError(`The name "${name}" cannot be used.`, `It ${fault}.`);
}
