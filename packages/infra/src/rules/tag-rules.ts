import * as z from 'zod/mini';
import { untagged } from '../config/tags.ts';
import type { TemplateRule } from './rule.ts';
import { type Resource, resourcesOf } from './template.ts';

const Tagged = z.object({
  Tags: z.optional(z.array(z.object({ Key: z.string(), Value: z.string() }))),
  UserPoolTags: z.optional(z.record(z.string(), z.string())),
});

/** The tags of a resource; undefined if it has none, mostly because its type takes none. */
function tagsIn(properties: Resource['properties']): ReadonlyMap<string, string> | undefined {
  const { Tags: list, UserPoolTags: named } = z.parse(Tagged, properties);
  if (list) return new Map(list.map(({ Key, Value }) => [Key, Value]));
  return named && new Map(Object.entries(named));
}

const tagsAreTheApis: TemplateRule = {
  name: 'tags-are-the-apis',
  description:
    'Every resource that has tags has those of the API, so that a bill by tag has the whole deployment.',
  *check(template) {
    for (const { properties: api } of resourcesOf(template, 'AWS::ApiGateway::RestApi')) {
      const wanted = tagsIn(api) ?? new Map<string, string>();
      for (const [resource, { Type, Properties: properties }] of Object.entries(template.Resources)) {
        if (Type === untagged) continue;
        const present = tagsIn(properties);
        if (!present) continue;
        for (const [key, value] of wanted) {
          if (present.get(key) === value) continue;
          yield { resource, property: 'Tags', message: `lacks the tag ${key} with the value ${value}` };
        }
      }
    }
  },
};

export const tagRules: readonly TemplateRule[] = [tagsAreTheApis];
