import * as z from 'zod/mini';
import { Name } from '../../src/name.ts';
import { CliError } from '../failure.ts';

/** What is wrong with the name of a team or a key; undefined for a good one. */
export function nameFault(name: string): string | undefined {
  return z.safeParse(Name, name).error?.issues[0]?.message;
}

/** @throws {CliError} If it is no name for a team or a key. */
export function checkName(name: string): void {
  const fault = nameFault(name);
  if (fault) throw new CliError(`The name "${name}" cannot be used.`, `It ${fault}.`);
}
