import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** A DynamoDB table as deployed, as far as its users can notice. */
export interface TableDefinition {
  readonly name: string;
  readonly region: string;
  /** Partition key first, then the sort key, if there is one. */
  readonly keys: readonly { readonly name: string; readonly type: 'S' | 'N' | 'B' }[];
}

const TableProperties = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  GlobalSecondaryIndexes: z.optional(z.unknown()),
  LocalSecondaryIndexes: z.optional(z.unknown()),
  StreamSpecification: z.optional(z.unknown()),
});

export function readTables(resolver: Resolver): TableDefinition[] {
  return resolver.idsOf('AWS::DynamoDB::Table').map((logicalId) => {
    const {
      AttributeDefinitions: attributes,
      KeySchema: schema,
      ...unsupported
    } = resolver.read(logicalId, TableProperties);
    const [present] = Object.keys(unsupported);
    if (present !== undefined) throw new TemplateError(`${logicalId}: ${present} is not supported`);

    if (!['HASH', 'HASH,RANGE'].includes(schema.map(({ KeyType }) => KeyType).join())) {
      throw new TemplateError(
        `${logicalId}: KeySchema must be a HASH key, and a RANGE key if there is a second`,
      );
    }
    const keys = schema.map(({ AttributeName: name }) => {
      const definition = attributes.find(({ AttributeName }) => AttributeName === name);
      if (!definition) throw new TemplateError(`${logicalId}: AttributeDefinitions lacks the key ${name}`);
      return { name, type: definition.AttributeType };
    });
    if (attributes.length !== keys.length) {
      throw new TemplateError(`${logicalId}: AttributeDefinitions must have the attributes of keys only`);
    }
    return { name: resolver.ref(logicalId), region: resolver.stack.region, keys };
  });
}
