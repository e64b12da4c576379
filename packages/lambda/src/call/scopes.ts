import type { Limits } from '@org/contract';
import type { MemberName } from '@org/table';
import type { Caller } from '../config.ts';
import type { Scope } from '../ledger/scope.ts';

/** The person, the customer and the model that a call counts for, besides its caller. */
export interface CallFacts {
  /** Absent if the request names none. */
  readonly customer?: string | undefined;
  /** Alias of the model. */
  readonly model: string;
}

/** A member of the team, and its limits by the plan. */
type Member = readonly [member: MemberName, base: Limits | undefined];

/**
 * The scopes that a call counts in, the most particular first. Only scopes with limits are counted, because each costs two
 * writes a call.
 *
 * @throws {ProxyError} `limits_unavailable` if operators changed limits of members of the team, and those in force cannot
 *   be read.
 */
export async function scopesOf(caller: Caller, { customer = '', model }: CallFacts): Promise<Scope[]> {
  const { team, limitsPerCustomer } = caller;
  return [
    ...(await memberScopes(caller, [
      [{ kind: 'customer', team, id: customer }, limitsPerCustomer],
      ...personOf(caller),
      modelOf(caller, model),
    ])),
    ...caller.scopes,
  ];
}

/**
 * The scopes that a caller may count in, whatever it asks: also each of its models.
 *
 * @throws {ProxyError} As {@link scopesOf}.
 */
export async function callerScopes(caller: Caller): Promise<Scope[]> {
  const models = caller.models.map((model) => modelOf(caller, model));
  return [...(await memberScopes(caller, [...personOf(caller), ...models])), ...caller.scopes];
}

function personOf({ team, person, limitsPerPerson }: Caller): Member[] {
  return person === undefined ? [] : [[{ kind: 'person', team, id: person }, limitsPerPerson]];
}

function modelOf({ team, limitsPerModel = {} }: Caller, model: string): Member {
  const base = Object.hasOwn(limitsPerModel, model) ? limitsPerModel[model] : undefined;
  return [{ kind: 'model', team, id: model }, base];
}

async function memberScopes({ inForce }: Caller, members: readonly Member[]): Promise<Scope[]> {
  const scopes = await Promise.all(
    members.map(async ([member, base]): Promise<Scope[]> => {
      const limits = inForce ? await inForce(member, base) : base;
      return limits ? [{ ...member, limits }] : [];
    }),
  );
  return scopes.flat();
}
