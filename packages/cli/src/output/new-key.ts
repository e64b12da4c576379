import type { NewKey } from '@org/admin';
import type { Cli } from '../cli.ts';

/** Shows the value of a key, this once: alone on standard output, so that it can be piped to a secret store. */
export function printNewKey(
  { terminal, isLocal }: Cli,
  key: NewKey,
  json: boolean | undefined,
  more: object = {},
): void {
  terminal.print(json ? JSON.stringify({ ...key, ...more }, null, 2) : key.value);
  const delay = isLocal() ? '' : ' AWS can take minutes to accept it everywhere.';
  terminal.note(`This value is not shown again. Callers send it as the header x-api-key.${delay}`);
}
