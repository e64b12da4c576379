import * as z from 'zod/mini';
import { parseJson } from './json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {Error} Naming the variable, if it is not set. */
export function readVariable(environment: Environment, name: string): string {
  const text = environment[name];
  if (!text) throw invalidVariable(name, 'it is not set');
  return text;
}

/** @throws {Error} Naming the variable and the field, if it is not JSON that fits. */
export function readJsonVariable<Schema extends z.ZodMiniType>(
  environment: Environment,
  name: string,
  schema: Schema,
): z.output<Schema> {
  return readJson(readVariable(environment, name), schema, (reason) => invalidVariable(name, reason));
}

/** @throws {Error} What `invalid` makes of the reason, which names the field, if the text is not JSON that fits. */
export function readJson<Schema extends z.ZodMiniType>(
  text: string,
  schema: Schema,
  invalid: (reason: string) => Error,
): z.output<Schema> {
  const json = parseJson(text);
  if (json === undefined) throw invalid('it is not JSON');
  const { data, error } = z.safeParse(schema, json);
  if (!error) return data;
  const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw invalid(faults.join('; '));
}

export function invalidVariable(name: string, reason: string): Error {
  return new Error(`The environment variable ${name} is not valid: ${reason}`);
}
