/**
 * A schema of any library that follows Standard Schema: zod, Valibot, ArkType and others.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  /** What the specification asks for. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** A Standard Schema that can also say itself as a JSON Schema, as those of zod 4 can (of `zod`, not `zod/mini`). */
export interface StandardJsonSchema<Output = unknown> extends StandardSchema<Output> {
  /** What the specification asks for, and how to say it as a JSON Schema. */
  readonly '~standard': StandardSchema<Output>['~standard'] & {
    readonly jsonSchema: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => JsonSchema;
    };
  };
}

/** What a Standard Schema says of a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One fault that a Standard Schema found. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where it is; left out for the whole. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;
