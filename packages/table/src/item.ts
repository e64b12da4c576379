import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Limits, LimitsSchema } from '@org/contract';
import * as z from 'zod/mini';

/** An item as DynamoDB returns it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Attributes to write, by name. Numbers are whole; undefined is not written. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function attributeValue(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

export function attributeValues(attributes: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, attributeValue(value)]],
    ),
  );
}

// Readers of items are tolerant: an item may have more attributes. Those of its key are not read.

const string = z.pipe(
  z.object({ S: z.string() }),
  z.transform(({ S }) => S),
);
const number = z.pipe(
  z.object({ N: z.string() }),
  z.transform(({ N }) => Number(N)),
);
/** Id of an API key, of which keys of other items are made. */
const keyId = z.pipe(string, z.string().check(z.regex(/^[A-Za-z0-9]{1,64}$/)));
const limits = z.pipe(
  z.pipe(
    string,
    z.transform((json, { issues }): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        issues.push({ code: 'custom', input: json, message: 'is not JSON' });
        return z.NEVER;
      }
    }),
  ),
  LimitsSchema,
);
/** Up to the last moment that a date can be. */
const seconds = z.pipe(number, z.int().check(z.minimum(0), z.maximum(8_640_000_000_000)));

/** At {@link accessKey}: the team and limits of a key made at run time. */
export interface Access {
  readonly team: string;
  /** Only if the team was also made at run time; a key without one ends with the team's entry in the config. */
  readonly plan?: string | undefined;
  /** The key's own limits. */
  readonly limits?: Limits | undefined;
  /** The id of the key that this one replaced; usage of the key's own limits is still counted there. */
  readonly countedAs?: string | undefined;
  /** The key is refused from this time on: seconds since 1970. */
  readonly until?: number | undefined;
  /** Name of the key. */
  readonly name?: string | undefined;
  /** Who answers for the key. */
  readonly owner?: string | undefined;
  /** What the key is for. */
  readonly note?: string | undefined;
  /** ISO 8601. */
  readonly createdAt?: string | undefined;
}

export const AccessItem = z.object({
  team: string,
  plan: z.optional(string),
  limits: z.optional(limits),
  countedAs: z.optional(keyId),
  until: z.optional(seconds),
  name: z.optional(string),
  owner: z.optional(string),
  note: z.optional(string),
  createdAt: z.optional(string),
}) satisfies z.ZodMiniType<Access>;

export function accessAttributes({ limits: own, ...rest }: Access): Attributes {
  return { ...rest, limits: own && JSON.stringify(own) };
}

/** At {@link signInKey}: the API key that counts for a team's signed-in callers. Only the authorizer sends it. */
export const SignInItem = z.object({
  /** The key itself. */
  value: string,
  keyId: string,
});

// Of items that only the command line reads, an attribute that is not as it should be is one that is not there: what
// is odd is listed with the rest, and can be removed.

const readable = <Value>(schema: z.ZodMiniType<Value>) => z.catch(z.optional(schema), undefined);

/** At {@link teamKey}: a team made at run time. */
export const TeamItem = z.object({
  /** Absent if a deletion of the team was interrupted. */
  plan: readable(string),
  /** ISO 8601. */
  createdAt: readable(string),
});

/** At {@link keyNameKey} and {@link replacedKey}: the key that has a name, or had it. */
export const KeyNameItem = z.object({
  team: z.catch(string, ''),
  /** Absent while the first key of this name is being created. */
  keyId: readable(keyId),
  /** The command that is creating a key of this name. */
  run: readable(string),
  /** When that command started: milliseconds since 1970. */
  runAt: readable(number),
});
