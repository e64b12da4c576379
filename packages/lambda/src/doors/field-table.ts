import type { DetailsOf } from '@org/contract';
import { placeOf } from '../call/request-place.ts';
import type { Json, JsonObject } from '../json.ts';
import { invalidField, ProxyError } from '../proxy-error.ts';
import { unknownField } from './fields.ts';

/**
 * What becomes of a field of another API's request. `kept`: it means the same here. `translated`: it goes to the model in
 * other words, or to some models only. `ignored`: it changes neither the answer's meaning nor what it costs. `refused`: it
 * would, and this proxy cannot do it.
 */
export type Fate = 'kept' | 'translated' | 'ignored' | 'refused';

export interface FieldRule {
  readonly fate: Fate;
  /** What becomes of it, or why, for a reader of the docs: a sentence. */
  readonly note: string;
  /** Of a refused field: values that ask for nothing, beside `null`. Default: none. */
  readonly harmless?: readonly Json[] | undefined;
  /** Of a refused field: what clients of the API go on without it by. Default: nothing. */
  readonly details?: DetailsOf<'unsupported_feature'> | undefined;
}

/** Every field of a request, by name. */
export type FieldTable<Name extends string> = Readonly<Record<Name, FieldRule>>;

/** The fields of a table that are read: a schema without one of them would leave out what the table promises. */
export type HeededField<Table extends Readonly<Record<string, FieldRule>>> = {
  [Name in keyof Table]: Table[Name]['fate'] extends 'kept' | 'translated' ? Name : never;
}[keyof Table];

/**
 * The fields of a request that this proxy reads: those that are kept or translated, and not `null`.
 *
 * @throws {ProxyError} `unsupported_feature` for a refused field that asks for something, and `invalid_request` for one
 *   that the API does not have.
 */
export function heededFields<Name extends string>(table: FieldTable<Name>, body: JsonObject): JsonObject {
  const rules = new Map<string, FieldRule>(Object.entries(table));
  const heeded: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    const rule = rules.get(name);
    if (rule === undefined) throw invalidField(placeOf([name]), unknownField(name, Object.keys(table)));
    if (value === null || rule.fate === 'ignored') continue;
    if (rule.fate === 'refused') {
      if (!rule.harmless?.some((harmless) => JSON.stringify(harmless) === JSON.stringify(value))) {
        throw refusedField(name, rule);
      }
    } else heeded[name] = value;
  }
  return heeded;
}

function refusedField(name: string, { note, details }: FieldRule): ProxyError {
  return new ProxyError({
    code: 'unsupported_feature',
    message: `This proxy does not support ${name}. Leave it out. ${note}`,
    param: name,
    details,
  });
}
