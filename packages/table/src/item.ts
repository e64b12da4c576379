import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Limits, LimitsSchema } from '@org/contract';
import * as z from 'zod/mini';

/** An item as DynamoDB gives it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Attributes to write, by name. Numbers are whole; what is undefined is not written. */
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

// Readers of items are tolerant: an item may have more attributes, and those of its key are not read.

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

/** At {@link accessKey}: what a key made at run time stands for. */
export interface Access {
  readonly team: string;
  /** Of a team that was made at run time too; a team of the config has the plan that the config says. */
  readonly plan?: string | undefined;
  /** Limits of the key's own. */
  readonly limits?: Limits | undefined;
  /** Id of the key that this one took over from: the limits of its own go on counting there. */
  readonly countedAs?: string | undefined;
  /** Seconds since 1970, from which on the key is refused. */
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

/** At {@link signInKey}: the API key that a team's signed-in callers count as. Nobody but the authorizer sends it. */
export const SignInItem = z.object({
  /** The key itself. */
  value: string,
  keyId: string,
});

/** At {@link teamKey}: a team made at run time. */
export const TeamItem = z.object({
  /** Absent where the team was deleted half way. */
  plan: z.optional(string),
  /** ISO 8601. */
  createdAt: z.optional(string),
});

/** At {@link keyNameKey} and {@link replacedKey}: what a name stands for, or stood for. */
export const KeyNameItem = z.object({
  team: string,
  /** Absent while the first key of the name is being made. */
  keyId: z.optional(string),
  /** Which command is making a key of the name. */
  run: z.optional(string),
  /** Since when: milliseconds since 1970. */
  runAt: z.optional(number),
});
