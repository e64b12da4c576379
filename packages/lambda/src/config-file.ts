import { readFileSync } from 'node:fs';

/** Name of the file that the stack writes beside a function's code. */
export const configFile = 'config.json';

/** The text of the file beside the built code. */
export function readConfigFile(): string {
  return readFileSync(new URL(configFile, import.meta.url), 'utf8');
}

export function invalidConfigFile(reason: string): Error {
  return new Error(`The file ${configFile} is not valid: ${reason}`);
}
