/**
 * A schema of any library that follows Standard Schema: zod, Valibot, ArkType and others.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  /** As the specification defines it. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** A Standard Schema that can be converted to JSON Schema, as those of zod 4 can (of `zod`, not `zod/mini`). */
export interface StandardJsonSchema<Output = unknown> extends StandardSchema<Output> {
  /** As the specification defines it, with the conversion to JSON Schema. */
  readonly '~standard': StandardSchema<Output>['~standard'] & {
    readonly jsonSchema: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => JsonSchema;
    };
  };
}

/** What a Standard Schema finds about a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One fault that a Standard Schema found. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where it is; left out for the whole value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A JSON Schema. Its type may also be an interface, such as `JSONSchema7` of `@types/json-schema`. */
export type JsonSchema =
  | Readonly<Record<string, unknown>>
  | { readonly type?: unknown; readonly $ref?: unknown };
