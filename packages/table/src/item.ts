import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Limits, LimitsSchema, limitKinds, limitPeriods } from '@org/contract';
import * as z from 'zod/mini';
import type { LimitChanges, Raise } from './limit-changes.ts';

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
const boolean = z.pipe(
  number,
  z.transform((value) => value === 1),
);
/** Id of an API key, of which keys of other items are made. */
const keyId = z.pipe(string, z.string().check(z.regex(/^[A-Za-z0-9]{1,64}$/)));
const json = <Value>(schema: z.ZodMiniType<Value>) =>
  z.pipe(
    z.pipe(
      string,
      z.transform((text, { issues }): unknown => {
        try {
          return JSON.parse(text);
        } catch {
          issues.push({ code: 'custom', input: text, message: 'is not JSON' });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );
const limits = json(LimitsSchema);
/** Up to the last moment that a date can be. */
const moment = z.int().check(z.minimum(0), z.maximum(8_640_000_000_000));
const seconds = z.pipe(number, moment);
const raised = { max: z.nullable(z.number().check(z.minimum(0))), until: moment };
const raises = json(
  z.array(
    z.union([
      z.strictObject({ limit: z.enum(limitKinds), period: z.enum(limitPeriods), ...raised }),
      z.strictObject({ limit: z.literal('callsAtOnce'), ...raised }),
    ]) satisfies z.ZodMiniType<Raise>,
  ),
);

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
  /** The end that an operator gave it, which a rotation hands on: seconds since 1970. */
  readonly expiry?: number | undefined;
  /** Whether it is refused until an operator enables it again. */
  readonly disabled?: boolean | undefined;
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
  expiry: z.optional(seconds),
  disabled: z.optional(boolean),
  name: z.optional(string),
  owner: z.optional(string),
  note: z.optional(string),
  createdAt: z.optional(string),
}) satisfies z.ZodMiniType<Access>;

export function accessAttributes({ limits: own, disabled, ...rest }: Access): Attributes {
  return { ...rest, limits: own && JSON.stringify(own), disabled: disabled ? 1 : undefined };
}

/** At {@link changesKey}: what operators changed at run time of a team, of a key, or of a member of a team. */
export interface Changes extends LimitChanges {
  /** Counts the changes, so that each is made to what its operator read. */
  readonly version?: number | undefined;
  /** Only of a team: the marks of its members whose limits were changed. */
  readonly members?: string | undefined;
  /** Only of a key of the config: it is refused from this time on: seconds since 1970. */
  readonly until?: number | undefined;
  /** Only of a key of the config: whether it is refused until an operator enables it again. */
  readonly disabled?: boolean | undefined;
}

export const ChangesItem = z.object({
  version: z.optional(number),
  limits: z.optional(limits),
  raises: z.optional(raises),
  members: z.optional(string),
  until: z.optional(seconds),
  disabled: z.optional(boolean),
}) satisfies z.ZodMiniType<Changes>;

export function changesAttributes({
  limits: changed,
  raises: lasting = [],
  disabled,
  ...rest
}: Changes): Attributes {
  return {
    ...rest,
    limits: changed && JSON.stringify(changed),
    raises: lasting.length > 0 ? JSON.stringify(lasting) : undefined,
    disabled: disabled ? 1 : undefined,
  };
}

/** At {@link planKey}: a plan made at run time. */
export const PlanItem = z.object({
  /** What it means to the function, as JSON: all of it is in here, and the function reads it strictly. */
  access: string,
  /** Its throttle and quota, as JSON. API Gateway applies them. */
  guards: string,
  /** Counts the changes, so that each is made to what its operator read. */
  version: number,
  /** Id of its usage plan. Absent while a command makes it. */
  usagePlan: z.optional(string),
  /** When a command began to make it: ISO 8601. */
  createdAt: string,
  /** Whether a command deletes it, so that no team may join it. */
  closing: z.optional(boolean),
});

/** At {@link auditKey}: a change that an operator made. */
export const AuditItem = z.object({
  /** The AWS identity, or the local user. */
  by: string,
  action: string,
  plan: z.optional(string),
  team: z.optional(string),
  key: z.optional(string),
  /** The id of a member of the team. */
  person: z.optional(string),
  customer: z.optional(string),
  model: z.optional(string),
  /** What was, and what is now, as JSON. */
  from: z.optional(string),
  to: z.optional(string),
});

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
