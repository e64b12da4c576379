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
const limits = z.pipe(
  z.pipe(
    string,
    z.transform((json): unknown => JSON.parse(json)),
  ),
  LimitsSchema,
);

/** At {@link accessKey}: the team and limits of a key made at run time. */
export interface Access {
  readonly team: string;
  /** Only if the team was also made at run time; for a team of the config, the config has the plan. */
  readonly plan?: string | undefined;
  /** The key's own limits. */
  readonly limits?: Limits | undefined;
  /** The id of the key that this one replaced; usage of the key's own limits is still counted there. */
  readonly countedAs?: string | undefined;
  /** The key is refused from this time on: seconds since 1970. */
  readonly until?: number | undefined;
  /** Name of the key. */
  readonly name?: string | undefined;
  /** ISO 8601. */
  readonly createdAt?: string | undefined;
}

export const AccessItem = z.object({
  team: string,
  plan: z.optional(string),
  limits: z.optional(limits),
  countedAs: z.optional(string),
  until: z.optional(number),
  name: z.optional(string),
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

/** At {@link teamKey}: a team made at run time. */
export const TeamItem = z.object({
  /** Absent if a deletion of the team was interrupted. */
  plan: z.optional(string),
  /** ISO 8601. */
  createdAt: z.optional(string),
});

/** At {@link keyNameKey} and {@link replacedKey}: the key that has a name, or had it. */
export const KeyNameItem = z.object({
  team: string,
  /** Absent while the first key of this name is being created. */
  keyId: z.optional(string),
  /** The command that is creating a key of this name. */
  run: z.optional(string),
  /** When that command started: milliseconds since 1970. */
  runAt: z.optional(number),
});
