import type { TemplateRule } from './rule.ts';
import { resourcesOf, textOf } from './template.ts';

/** The properties that a company sets for all roles, and the types that have them. */
const shared = {
  Path: ['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy'],
  PermissionsBoundary: ['AWS::IAM::Role'],
} as const;

const rolesAreAlike: TemplateRule = {
  name: 'roles-are-alike',
  description: 'If one role has a permissions boundary or a path, all roles have the same.',
  *check(template) {
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    for (const [property, types] of Object.entries(shared)) {
      const [wanted] = roles.flatMap(({ properties }) => properties[property] ?? []).map(textOf);
      if (wanted === undefined) continue;
      for (const { id, properties } of types.flatMap((type) => resourcesOf(template, type))) {
        if (textOf(properties[property]) === wanted) continue;
        yield { resource: id, property, message: `is not ${wanted}, which another role has` };
      }
    }
  },
};

export const roleRules: readonly TemplateRule[] = [rolesAreAlike];
