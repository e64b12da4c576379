import * as z from 'zod/mini';

const Properties = z.record(z.string(), z.unknown());

/** A synthesized template: the parts that the rules read, and all others. */
export const SynthesizedTemplate = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z._default(Properties, {}),
      DependsOn: z._default(
        z.pipe(
          z.union([z.string(), z.array(z.string())]),
          z.transform((ids) => [ids].flat()),
        ),
        [],
      ),
    }),
  ),
});
export type SynthesizedTemplate = z.output<typeof SynthesizedTemplate>;

export interface Resource {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Logical ids of resources that must exist before it. */
  readonly dependsOn: readonly string[];
}

/** Every resource of a type. */
export function resourcesOf({ Resources }: SynthesizedTemplate, type: string): Resource[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties: properties, DependsOn: dependsOn }]) =>
    Type === type ? [{ id, properties, dependsOn }] : [],
  );
}

const Reference = z.union([
  z.pipe(
    z.object({ Ref: z.string() }),
    z.transform(({ Ref }) => Ref),
  ),
  z.pipe(
    z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
    z.transform(({ 'Fn::GetAtt': [id] }) => id),
  ),
]);

/** The logical id in a `Ref` or a `Fn::GetAtt`. */
export function referenced(value: unknown): string | undefined {
  return z.safeParse(Reference, value).data;
}

const Join = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

/** A value as text, with `{logical id}` where it refers to a resource. */
export function textOf(value: unknown): string {
  const id = referenced(value);
  if (id !== undefined) return `{${id}}`;
  const { data: join } = z.safeParse(Join, value);
  if (join) return join['Fn::Join'][1].map(textOf).join(join['Fn::Join'][0]);
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
