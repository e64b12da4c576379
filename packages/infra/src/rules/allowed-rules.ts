import * as z from 'zod/mini';
import { allowedResources, allowedSections, resourceSchema } from './allowed-resources.ts';
import type { Finding, TemplateRule } from './rule.ts';
import { resourcesOf } from './template.ts';

const notAllowed = 'is not among what the proxy deploys';

/** What a resource may be, by its type. */
const allowedSchemas = new Map(
  Object.entries(allowedResources).map(([type, allowed]) => [type, resourceSchema(allowed)]),
);

/** The parts of a value that its schema lacks. */
function* findings(resource: string, schema: z.ZodMiniType, value: unknown): Generator<Finding> {
  const { error } = z.safeParse(schema, value, { error: () => notAllowed });
  for (const issue of error?.issues ?? []) {
    const { path, message } = issue;
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((name) => [...path, name]) : [path];
    for (const [first, ...rest] of paths) {
      const property = (first === 'Properties' ? rest : [first, ...rest]).join('.');
      yield { resource, property, message };
    }
  }
}

const onlyWhatIsAllowed: TemplateRule = {
  name: 'only-what-is-allowed',
  description:
    'If your code added it, undo that, or acknowledge it with your reason. If a newer aws-cdk-lib writes it, install the ' +
    'lowest version that "npm view @org/bedrock-proxy peerDependencies" shows. If you change the proxy itself, allow it in ' +
    'allowed-resources.ts or allowed-policies.ts.',
  *check(template) {
    const { Resources, ...sections } = template;
    yield* findings('Template', allowedSections, sections);
    for (const [id, resource] of Object.entries(Resources)) {
      const schema = allowedSchemas.get(resource.Type);
      if (schema) yield* findings(id, schema, resource);
      else yield { resource: id, property: 'Type', message: notAllowed };
    }
    for (const [type, { most = Number.POSITIVE_INFINITY }] of Object.entries(allowedResources)) {
      for (const { id } of resourcesOf(template, type).slice(most)) {
        yield {
          resource: id,
          property: 'Type',
          message: `is more than the ${most} that are allowed; remove one`,
        };
      }
    }
  },
};

const keptIsProtected: TemplateRule = {
  name: 'kept-is-protected',
  description: 'What is kept when the stack is deleted cannot be deleted by itself, and the other way about.',
  *check({ Resources }) {
    for (const [id, { Properties: properties, DeletionPolicy: policy }] of Object.entries(Resources)) {
      const { DeletionProtectionEnabled: table, DeletionProtection: pool } = properties;
      if (table === undefined && pool === undefined) continue;
      if ((policy === 'Retain') === (table === true || pool === 'ACTIVE')) continue;
      yield {
        resource: id,
        property: 'DeletionProtection',
        message: `must be on exactly if the DeletionPolicy is Retain; it is ${String(policy)}`,
      };
    }
  },
};

export const allowedRules: readonly TemplateRule[] = [onlyWhatIsAllowed, keptIsProtected];
