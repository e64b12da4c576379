import type { Caller } from '../config.ts';
import type { Scope } from '../ledger/scope.ts';

/** The person, the customer and the model that a call counts for, besides its caller. */
export interface CallFacts {
  /** Absent if the request names none. */
  readonly customer?: string | undefined;
  /** Alias of the model. */
  readonly model: string;
}

/**
 * The scopes that a call counts in, the most particular first. Only scopes with limits are counted, because each costs two
 * writes a call.
 */
export function scopesOf(caller: Caller, { customer = '', model }: CallFacts): Scope[] {
  const { team, limitsPerCustomer, limitsPerModel = {} } = caller;
  const ofModel = Object.hasOwn(limitsPerModel, model) ? limitsPerModel[model] : undefined;
  return [
    ...(limitsPerCustomer
      ? [{ kind: 'customer' as const, team, id: customer, limits: limitsPerCustomer }]
      : []),
    ...personScopes(caller),
    ...(ofModel ? [{ kind: 'model' as const, team, id: model, limits: ofModel }] : []),
    ...caller.scopes,
  ];
}

/** The scopes that every call of a caller counts in, whatever it asks. */
export function callerScopes(caller: Caller): Scope[] {
  return [...personScopes(caller), ...caller.scopes];
}

function personScopes({ team, person, limitsPerPerson }: Caller): Scope[] {
  return limitsPerPerson && person !== undefined
    ? [{ kind: 'person', team, id: person, limits: limitsPerPerson }]
    : [];
}
