import * as z from 'zod/mini';
import { type Resource, referenced, resourcesOf, type SynthesizedTemplate, textOf } from './template.ts';

const oneOrMany = z.pipe(
  z.unknown(),
  z.transform((value) => [value].flat().map(textOf)),
);

/** A statement of an IAM policy. */
const Statement = z.object({
  Effect: z.string(),
  Action: z._default(oneOrMany, ['*']),
  Resource: z._default(oneOrMany, []),
  Condition: z._default(z.record(z.string(), z.record(z.string(), oneOrMany)), {}),
});

/** One statement of a role's policies, its resources as text. */
export type Permission = z.output<typeof Statement>;

const Document = z.object({ Statement: z.array(Statement) });
const Inline = z._default(z.array(z.object({ PolicyDocument: Document })), []);
const Roles = z._default(z.array(z.unknown()), []);

/** A policy of a role, with the resource of the template that it is in. */
export interface RolePolicy {
  /** Logical id. */
  readonly resource: string;
  /** Logical ids of its roles. */
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
}

/** Every policy of the template's roles, wherever it is written. */
export function rolePolicies(template: SynthesizedTemplate): RolePolicy[] {
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy']
    .flatMap((type) => resourcesOf(template, type))
    .map(({ id, properties }) => ({
      resource: id,
      roles: rolesOf(properties),
      permissions: z.parse(Document, properties['PolicyDocument']).Statement,
    }));
  const inline = resourcesOf(template, 'AWS::IAM::Role').flatMap(({ id, properties }) =>
    z.parse(Inline, properties['Policies']).map(({ PolicyDocument }) => ({
      resource: id,
      roles: [id],
      permissions: PolicyDocument.Statement,
    })),
  );
  return [...attached, ...inline];
}

function rolesOf({ Roles: many, RoleName: one }: Resource['properties']): string[] {
  return [...z.parse(Roles, many), one].flatMap((role) => referenced(role) ?? []);
}

/** IAM's StringLike: `*` stands for any characters, `?` for one. */
export function isLike(pattern: string, text: string): boolean {
  const expression = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`^${expression}$`).test(text);
}
