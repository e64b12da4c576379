import type * as z from 'zod/mini';

/** The parts of an object's schema: a schema for each field, including optional ones. */
export type Fields<Value> = { readonly [Name in keyof Value]-?: z.ZodMiniType<Value[Name]> };
