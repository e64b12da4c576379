import type * as z from 'zod/mini';

/**
 * The fields that an object may have.
 *
 * @param path The object's place in the schema.
 */
export function fieldsAt(schema: z.core.$ZodType | undefined, path: readonly PropertyKey[]): string[] {
  if (!schema) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const [name, ...rest] = path;
  switch (def.type) {
    case 'object':
      return name === undefined ? Object.keys(def.shape) : fieldsAt(def.shape[String(name)], rest);
    case 'array':
      return fieldsAt(def.element, rest);
    case 'record':
      return fieldsAt(def.valueType, rest);
    case 'union':
      return def.options.flatMap((option) => fieldsAt(option, path));
    case 'optional':
    case 'default':
    case 'nullable':
      return fieldsAt(def.innerType, path);
    case 'pipe':
      return fieldsAt(def.in, path);
    default:
      return [];
  }
}
