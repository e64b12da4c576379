import type * as z from 'zod/mini';

/** What the schema of an object is made of: a schema for each field, for those that may be left out too. */
export type Fields<Value> = { readonly [Name in keyof Value]-?: z.ZodMiniType<Value[Name]> };
