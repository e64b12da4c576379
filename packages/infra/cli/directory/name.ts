import { CliError } from '../failure.ts';

/** As in the config. */
const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What is wrong with the name of a team or a key; undefined for a good one. */
export function nameFault(name: string): string | undefined {
  if (pattern.test(name) && !(name in Object.prototype)) return undefined;
  return 'must start with a letter or digit and have at most 64 letters, digits, dots, hyphens and underscores';
}

/** @throws {CliError} If it is no name for a team or a key. */
export function checkName(name: string): void {
  const fault = nameFault(name);
  if (fault) throw new CliError(`The name "${name}" cannot be used.`, `It ${fault}.`);
}
