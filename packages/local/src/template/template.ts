import * as z from 'zod/mini';

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.optional(z.record(z.string(), z.unknown())),
  DependsOn: z.optional(z.union([z.string(), z.array(z.string())])),
  Condition: z.optional(z.string()),
});

const Template = z.looseObject({ Resources: z.record(z.string(), Resource) });

/** A CloudFormation template as synthesized: intrinsic functions are not resolved yet. */
export type Template = z.output<typeof Template>;

export type TemplateResource = z.output<typeof Resource>;

/** The template cannot be deployed, would not work when deployed, or has a part that this gateway does not know. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export function parseTemplate(json: string, file: string): Template {
  const result = z.safeParse(Template, JSON.parse(json));
  if (!result.success) {
    throw new TemplateError(`${file} is not a CloudFormation template: ${z.prettifyError(result.error)}`);
  }
  return result.data;
}
