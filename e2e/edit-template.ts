import type { Template } from '@org/local';

type Properties = Readonly<Record<string, unknown>>;

/**
 * An edit of every resource of a type: new properties, or `undefined` to remove the resource.
 */
export function editResources(
  type: string,
  edit: (properties: Properties, logicalId: string) => Properties | undefined,
): (template: Template) => Template {
  return (template) => {
    const resources = Object.entries(template.Resources).flatMap(([id, resource]) => {
      if (resource.Type !== type) return [[id, resource] as const];
      const properties = edit(resource.Properties ?? {}, id);
      return properties ? [[id, { ...resource, Properties: properties }] as const] : [];
    });
    return { ...template, Resources: Object.fromEntries(resources) };
  };
}

/** Takes out every resource of a type. */
export const without = (type: string) => editResources(type, () => undefined);

/** Takes out the gateway response of a type. */
export const withoutResponse = (responseType: string) =>
  editResources('AWS::ApiGateway::GatewayResponse', (properties) =>
    properties['ResponseType'] === responseType ? undefined : properties,
  );

/** Takes a property out of every resource of a type. */
export const withoutProperty = (type: string, property: string) =>
  editResources(type, ({ [property]: _removed, ...rest }) => rest);
